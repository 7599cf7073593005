import { abortWhenPatternSays } from '../application/abort-timer.ts';
import type { LoadableModules } from '../application/modules.ts';
import { readStream } from '../application/read-stream.ts';
import { asked, type CallSettings, type Driver, STREAM_PATTERNS, UNARY_PATTERNS } from './driver.ts';
import { QUESTION, TOOL } from './prompt.ts';

type AnthropicModule = LoadableModules['@anthropic-ai/sdk'];
type Client = InstanceType<AnthropicModule['Anthropic']>;

const MODEL = 'claude-sonnet-4-5';

function message(settings: CallSettings) {
  const { tools } = settings;
  return asked('anthropic.messages', settings.more, {
    model: MODEL,
    max_tokens: 256,
    messages: [{ role: 'user' as const, content: QUESTION }],
    ...(tools && { tools: [{ name: TOOL.name, description: TOOL.description, input_schema: TOOL.parameters }] }),
  });
}

interface Row {
  readonly name: string;
  readonly mode: Driver['mode'];
  readonly use: (client: Client, settings: CallSettings) => Promise<void>;
}

const ROWS: readonly Row[] = [
  {
    name: 'messages.create',
    mode: 'unary',
    async use(client, settings) {
      const promise = settings.observe.seen(client.messages.create(message(settings), { signal: settings.caller.signal }));
      settings.observe.value('message', settings.observe.seen(await promise));
    },
  },
  {
    name: 'messages.create stream',
    mode: 'stream',
    async use(client, settings) {
      const promise = settings.observe.seen(client.messages.create({ ...message(settings), stream: true }, { signal: settings.caller.signal }));
      const stream = settings.observe.seen(await promise);
      await readStream(stream, settings, () => stream.controller.abort());
    },
  },
  {
    name: 'messages.stream',
    mode: 'stream',
    async use(client, settings) {
      const stream = settings.observe.seen(client.messages.stream(message(settings), { signal: settings.caller.signal }));
      const toEnd = await readStream(stream, settings, () => stream.abort());
      if (toEnd) settings.observe.value('final', await stream.finalMessage());
    },
  },
];

function driver(row: Row, native: boolean): Driver {
  return {
    id: `anthropic ${row.name}${native ? '' : ', native telemetry off'}`,
    library: '@anthropic-ai/sdk',
    application: 'sdks',
    modules: ['@anthropic-ai/sdk'],
    dialect: 'anthropic.messages',
    mode: row.mode,
    boundary: native ? { hooked: 'native', hookless: 'native' } : { hooked: 'inferred', hookless: 'inferred' },
    attempts: (retries) => retries + 1,
    deadline: { head: 'own', body: 'none' },
    patterns: row.mode === 'unary' ? UNARY_PATTERNS : STREAM_PATTERNS,
    async call(settings) {
      const { Anthropic } = await settings.load('@anthropic-ai/sdk');
      const { baseUrl, apiKey, retries, timeoutMs, more } = settings;
      const client = new Anthropic({ baseURL: baseUrl, apiKey, maxRetries: retries, timeout: timeoutMs, ...(!native && { openTelemetry: false }), ...(more && { defaultHeaders: more.headers }) });
      abortWhenPatternSays(settings);
      await row.use(client, settings);
    },
  };
}

/** Anthropic's SDK, with its own spans and without. */
export const ANTHROPIC_DRIVERS: readonly Driver[] = [true, false].flatMap((native) => ROWS.map((row) => driver(row, native)));
