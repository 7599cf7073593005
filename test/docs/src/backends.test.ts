/** Each recipe of docs/backends.md, run as a reader would, against a receiver in place of the backend. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider } from '@outspan/fault-provider';
import { eventsOf, metricsOf, spansOf, startReceiver } from '@outspan/test-conformance/otlp';
import type { Export } from '@outspan/test-conformance/otlp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { document } from './documents.ts';
import { section, tableRows } from './markdown.ts';

const PACKAGE = fileURLToPath(new URL('../', import.meta.url));
const SIGNALS = ['traces', 'metrics', 'logs'] as const;
type Signal = (typeof SIGNALS)[number];

/** Longer than New Relic takes, and than any other limit of a recipe. */
const PROMPT = `What is the weather in Paris? ${'Say it at length. '.repeat(400)}`;
/** Makes a call that succeeds, and one that fails: its exception is the only log record where no content is sent by events. */
const APP = `
import OpenAI from 'openai';
const ask = () => new OpenAI().chat.completions.create({ model: 'gpt-5-mini', messages: [{ role: 'user', content: ${JSON.stringify(PROMPT)} }] });
await ask();
await ask().then(() => Promise.reject(new Error('the second call succeeded')), () => undefined);
`;

interface Recipe {
  /** `honeycomb` of `honeycomb.env`. */
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
}

const page = document('docs/backends.md');
const RECIPES: readonly Recipe[] = page.blocks.flatMap(({ mark, code }) => {
  const [, name] = /^file (\w+)\.env$/.exec(mark ?? '') ?? [];
  // A base64 ends with `=`, which a reader of the variable must not split at.
  return name === undefined ? [] : [{ name, env: Object.fromEntries(Object.entries(parseEnv(code.replaceAll(/BASE64_OF_\w+/g, 'a2V5OnNlY3JldA=='))).map(([key, value]) => [key, value ?? ''])) }];
});

/** The headers that a variable names, in lower case as Node.js gives them. */
function headersIn(list: string): [string, string][] {
  return list.split(',').map((pair) => [pair.slice(0, pair.indexOf('=')).toLowerCase(), decodeURIComponent(pair.slice(pair.indexOf('=') + 1))]);
}

const signalIn = (variable: string): Signal | undefined => SIGNALS.find((signal) => variable.includes(`_${signal.toUpperCase()}_`));
const of = (exports: readonly Export[], signal: Signal): Export[] => exports.filter(({ path }) => path.endsWith(`/v1/${signal}`));
const sent = (exports: readonly Export[]): Signal[] => SIGNALS.filter((signal) => of(exports, signal).length > 0);
const histograms = (exports: readonly Export[]) => metricsOf(exports).filter(({ instrument }) => instrument === 'histogram');

type Check = (exports: readonly Export[], value: string, variable: string) => void;

const atEndpoint: Check = (exports, value, variable) => {
  const signal = signalIn(variable);
  const { pathname } = new URL(value);
  const base = pathname === '/' ? '' : pathname;
  const paths = new Set((signal === undefined ? exports : of(exports, signal)).map(({ path }) => path));
  expect([...paths].sort()).toEqual(signal === undefined ? sent(exports).map((one) => `${base}/v1/${one}`).sort() : [pathname]);
};
const withHeaders: Check = (exports, value, variable) => {
  const signal = signalIn(variable);
  const requests = signal === undefined ? exports : of(exports, signal);
  expect(requests.length).toBeGreaterThan(0);
  for (const { headers } of requests) expect(headers).toMatchObject(Object.fromEntries(headersIn(value)));
};
const inProtocol: Check = (exports, value) => {
  expect(value).toBe('http/protobuf');
  expect(new Set(exports.map(({ headers }) => headers['content-type']))).toEqual(new Set(['application/x-protobuf']));
};
const withoutSignal: Check = (exports, value, variable) => {
  expect(value).toBe('none');
  expect(sent(exports)).not.toContain(/_(\w+)_EXPORTER$/.exec(variable)?.[1]?.toLowerCase());
};

const inputOnSpan = (exports: readonly Export[]): string[] => spansOf(exports).flatMap(({ attributes }) => (typeof attributes['gen_ai.input.messages'] === 'string' ? [attributes['gen_ai.input.messages']] : []));
const inputInEvent = (exports: readonly Export[]): boolean => eventsOf(exports).some(({ attributes }) => JSON.stringify(attributes['gen_ai.input.messages'] ?? '').includes('weather in Paris'));

/** How each variable of a recipe shows. A recipe with another variable fails until it has a check here. */
const CHECKS: Readonly<Record<string, Check>> = {
  OTEL_SERVICE_NAME: (exports, value) => expect(new Set(spansOf(exports).map(({ resource }) => resource['service.name']))).toEqual(new Set([value])),
  OTEL_RESOURCE_ATTRIBUTES: (exports, value) => {
    const [name = '', wanted] = value.split('=');
    expect(new Set(spansOf(exports).map(({ resource }) => resource[name]))).toEqual(new Set([wanted]));
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: atEndpoint,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: atEndpoint,
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: atEndpoint,
  OTEL_EXPORTER_OTLP_HEADERS: withHeaders,
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: withHeaders,
  OTEL_EXPORTER_OTLP_METRICS_HEADERS: withHeaders,
  OTEL_EXPORTER_OTLP_LOGS_HEADERS: withHeaders,
  OTEL_EXPORTER_OTLP_PROTOCOL: inProtocol,
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: inProtocol,
  OTEL_EXPORTER_OTLP_COMPRESSION: (exports, value) => expect(new Set(exports.map(({ headers }) => headers['content-encoding']))).toEqual(new Set([value])),
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: (exports, value) => {
    expect(histograms(exports).length).toBeGreaterThan(0);
    expect(new Set(histograms(exports).map(({ temporality }) => temporality))).toEqual(new Set([value]));
  },
  OTEL_METRICS_EXPORTER: withoutSignal,
  OTEL_LOGS_EXPORTER: withoutSignal,
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: (exports, value) => {
    const lengths = spansOf(exports).flatMap(({ attributes }) => Object.values(attributes).map((one) => (typeof one === 'string' ? one.length : 0)));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(Number(value));
  },
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: (exports, value) => {
    expect(inputOnSpan(exports)).toEqual(Array(2).fill(expect.stringContaining('weather in Paris')));
    expect(inputInEvent(exports)).toBe(value === 'SPAN_AND_EVENT');
  },
};

/** Runs the application under the recipe, with the receiver in the place of every host. */
async function run(folder: string, { name, env }: Recipe, receiver: string, provider: string): Promise<string> {
  const lines = Object.entries(env).map(([variable, value]) => `${variable}="${value.replace(/^https?:\/\/[^/]+/, receiver)}"`);
  const file = join(folder, `${name}.env`);
  await writeFile(file, `${lines.join('\n')}\n`);
  const kept = Object.entries(process.env).filter(([variable]) => !/^(?:OTEL|OUTSPAN|OPENAI|NODE|VITEST)/.test(variable));
  const child = spawn(process.execPath, [`--env-file=${file}`, '--import', '@outspan/node/register', 'app.mjs'], {
    cwd: folder,
    env: { ...Object.fromEntries(kept), OPENAI_API_KEY: 'sk-recipe', OPENAI_BASE_URL: `${provider}/v1`, OUTSPAN_FLUSH_TIMEOUT: '10000' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exitCode = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (exitCode !== 0) throw new Error(`exit code ${String(exitCode)}\n${output}`);
  return output;
}

describe('docs/backends.md', () => {
  let provider: FaultProvider;
  let folder: string;
  beforeAll(async () => {
    provider = await startFaultProvider();
    folder = await mkdtemp(join(PACKAGE, '.snippets-'));
    await writeFile(join(folder, 'app.mjs'), APP);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await provider.close();
  });

  it('has a recipe under each heading of its table', () => {
    const listed = tableRows(page.text.slice(page.text.indexOf('| backend |'), page.text.indexOf('## What holds'))).map(([link = '']) => /\[(.+)\]/.exec(link)?.[1] ?? '');
    expect(listed).toHaveLength(RECIPES.length);
    for (const heading of listed) expect(section(page.text, heading)).toMatch(/<!-- test: file \w+\.env -->[\s\S]+\*\*Seen:\*\*[\s\S]+\*\*Not seen:\*\*/);
  });

  describe.concurrent.each(RECIPES.map((recipe, index) => ({ ...recipe, index })))('$name', ({ index, ...recipe }) => {
    it('does what each of its variables says, and what its row says', async ({ expect }) => {
      const receiver = await startReceiver();
      try {
        expect(await run(folder, recipe, receiver.url, provider.session('ok,unauthenticated').baseUrl)).toBe('');
        expect(Object.keys(recipe.env).filter((variable) => CHECKS[variable] === undefined)).toEqual([]);
        for (const [variable, value] of Object.entries(recipe.env)) CHECKS[variable]?.(receiver.exports, value, variable);

        const names = metricsOf(receiver.exports).map((metric) => metric.name);
        if (names.length > 0) expect(names).toEqual(expect.arrayContaining(['gen_ai.client.operation.duration', 'gen_ai.client.token.usage', 'gen_ai.client.inference.duration']));

        const [, signals, temporality, content] = tableRows(page.text.slice(page.text.indexOf('| backend |')))[index] ?? [];
        const found = new Set(histograms(receiver.exports).map((metric) => metric.temporality));
        expect({ signals: sent(receiver.exports).join(', '), temporality: [...found].join() || '-', content: inputInEvent(receiver.exports) ? 'spans and events' : 'spans' }).toEqual({ signals, temporality, content });
        expect(spansOf(receiver.exports).map((span) => span.name).sort()).toEqual(['POST', 'POST', 'chat gpt-5-mini', 'chat gpt-5-mini']);
      } finally {
        await receiver.close();
      }
    });
  });
});
