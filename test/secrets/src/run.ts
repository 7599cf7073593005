import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Session, startFaultProvider } from '@outspan/fault-provider';
import type { Cell } from '@outspan/test-contract/cells/cell';
import { endsItself, hasSilence } from '@outspan/test-contract/judge/truth-of-cell';
import { untilBegun } from '@outspan/test-contract/runner/begun';
import { APPLICATIONS, nodeBinary } from '@outspan/test-contract/runner/places';
import type { Canaries } from './canaries.ts';
import { keyOf } from './drivers.ts';
import type { Call, FromApplication, Job } from './job.ts';
import { type Export, startReceiver } from './receiver.ts';
import { type Relay, startRelay } from './relay.ts';
import { NARROW_BOUND, type Setting } from './setting.ts';
import { wordsOf } from './words.ts';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const RESULTS = join(PACKAGE, '.results');

/** What came of one process. */
export interface Run {
  readonly cells: number;
  readonly exports: readonly Export[];
  /** All that the process printed. */
  readonly printed: Buffer;
  /** What the redaction hook was given. */
  readonly seenByHook: Buffer;
  /** What the provider received, by cell: requests as their bytes. None of HTTP/2, whose heads are compressed: the session is not found there. */
  readonly received: ReadonlyMap<string, readonly Buffer[]>;
  /** What was asked of the proxy. */
  readonly tunnels: Buffer;
  /** What the provider answered. */
  readonly answered: Buffer;
}

/** Calls under way at once. */
const CONCURRENCY = 24;
/** Milliseconds: the deadlines of the SDKs, where they have to pass. */
const TIMEOUT_MS = 700;
/** Milliseconds after which the application gives up where no deadline would end the silence. */
const GIVE_UP_MS = 900;
/** Milliseconds that no call takes which nothing keeps waiting, however busy the machine. */
const FAR_MS = 20_000;
/** Milliseconds for one whole process, and for each of its cells on top. */
const RUN_MS = 90_000;
const CELL_MS = 250;

let runs = 0;

/**
 * Runs cells that share an application in one process of it.
 * @throws Error when the process fails or does not end
 */
export async function run(setting: Setting, cells: readonly Cell[], canaries: Canaries): Promise<Run> {
  const provider = await startFaultProvider({ loggedBodyBytes: 0, logLimit: 20 });
  const relay = await startRelay(Number(new URL(provider.url).port));
  const receiver = await startReceiver();
  try {
    const sessions = new Map(cells.map((cell, i) => [cell.id, provider.session(cell.script.join(','), { ...cell.session, retryAfterSeconds: 0, words: wordsOf(canaries, keyOf(cell.driver), i) })]));
    const calls = cells.map((cell) => callOf(cell, sessions.get(cell.id), setting, relay, canaries));
    mkdirSync(RESULTS, { recursive: true });
    const name = join(RESULTS, `${process.pid}-${++runs}`);
    const job: Job = { concurrency: CONCURRENCY, applications: APPLICATIONS, canaries, calls };
    writeFileSync(`${name}.job.json`, JSON.stringify(job));
    const printed = await application(setting, cells.length, name, environment(setting, canaries, relay.port, receiver.port, `${name}.seen`), canaries, async (cell) => {
      const pattern = cells.find(({ id }) => id === cell)?.pattern ?? 'read';
      await untilBegun(pattern, sessions.get(cell));
    });
    const seenByHook = existsSync(`${name}.seen`) ? readFileSync(`${name}.seen`) : Buffer.alloc(0);
    for (const end of ['job.json', 'seen']) rmSync(`${name}.${end}`, { force: true });
    const bySession = Map.groupBy(relay.requests(), (request) => sessionIn(request.subarray(0, 512).toString('latin1')));
    const received = new Map(calls.map(({ cell, baseUrl }) => [cell, bySession.get(sessionIn(baseUrl)) ?? []]));
    return { cells: cells.length, exports: receiver.exports, printed, seenByHook, received, tunnels: relay.tunnels(), answered: relay.answered() };
  } finally {
    await Promise.all([receiver.close(), relay.close()]);
    await provider.close();
  }
}

function sessionIn(text: string): string | undefined {
  return /\/s\/(?<id>[a-z0-9]+)\//.exec(text)?.groups?.['id'];
}

/** Hosts that are known to be public, by dialect. */
const PUBLIC_HOSTS: Readonly<Record<string, string>> = { 'anthropic.messages': 'api.anthropic.com', 'gemini.generate_content': 'generativelanguage.googleapis.com' };

function callOf(cell: Cell, session: Session | undefined, { proxied }: Setting, relay: Relay, canaries: Canaries): Call {
  if (session === undefined) throw new Error(`${cell.id} has no session`);
  const { driver, script } = cell;
  const url = new URL(session.baseUrl);
  // Where nobody listens there is no relay.
  if (script[0] !== 'refused') url.port = String(relay.port);
  if (proxied) {
    url.host = PUBLIC_HOSTS[driver.dialect] ?? 'api.openai.com';
    url.port = '';
  }
  return {
    cell: cell.id,
    driver: driver.id,
    baseUrl: `${url.href}/${canaries.urlPath}`,
    apiKey: canaries[keyOf(driver)],
    pattern: cell.pattern,
    retries: cell.retries,
    timeoutMs: hasSilence(cell) ? TIMEOUT_MS : FAR_MS,
    giveUpMs: endsItself(cell) ? FAR_MS : GIVE_UP_MS,
  };
}

/** Nothing of the surroundings' OpenTelemetry, SDK or proxy settings; and what is secret in an environment. */
function environment({ start, protocol, content, proxied }: Setting, c: Canaries, relayPort: number, receiverPort: number, seen: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:OTEL_|OUTSPAN_|OPENAI_|ANTHROPIC_|GOOGLE_|GEMINI_|AZURE_|NODE_|VITEST)|_proxy$/i.test(name));
  const proxy = `http://${c.proxyUser}:${c.proxyPassword}@127.0.0.1:${relayPort}`;
  return {
    ...Object.fromEntries(kept),
    ...(proxied && { NODE_USE_ENV_PROXY: '1' }),
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    NO_PROXY: proxied ? 'localhost' : 'localhost,127.0.0.1',
    DATABASE_URL: `postgres://app:${c.environment}@db.internal/app`,
    AWS_SECRET_ACCESS_KEY: c.environment,
    OPENAI_API_KEY: c.keyOpenai,
    OPENAI_ORG_ID: c.organisation,
    OPENAI_PROJECT_ID: c.project,
    ANTHROPIC_API_KEY: c.keyAnthropic,
    OTEL_SERVICE_NAME: 'secrets',
    OTEL_LOG_LEVEL: 'debug',
    OUTSPAN_CONSOLE: 'tree',
    OUTSPAN_FLUSH_TIMEOUT: '20000',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${receiverPort}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_EXPORTER_OTLP_COMPRESSION: protocol === 'http/json' ? 'none' : 'gzip',
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${c.exporterHeader}`,
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_METRIC_EXPORT_INTERVAL: '2000',
    OTEL_METRIC_EXPORT_TIMEOUT: '2000',
    OTEL_BSP_SCHEDULE_DELAY: '200',
    OTEL_BSP_MAX_QUEUE_SIZE: '100000',
    OTEL_BLRP_SCHEDULE_DELAY: '200',
    OTEL_BLRP_MAX_QUEUE_SIZE: '100000',
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: content,
    // An SDK of the application's own has the command line in its resource, unless it is told not to.
    ...((start === 'hook' || start === 'bound') && { OTEL_NODE_RESOURCE_DETECTORS: 'none' }),
    ...(start === 'hook' && { SECRETS_SEEN_BY_HOOK: seen }),
    ...(start === 'bound' && { SECRETS_CONTENT_BYTES: String(NARROW_BOUND) }),
  };
}

const PRELOADED: Readonly<Record<Setting['start'], readonly string[]>> = {
  nothing: [],
  register: ['--import', '@outspan/node/register'],
  hook: ['--import', './src/application/own-sdk.ts'],
  bound: ['--import', './src/application/own-sdk.ts'],
};

async function application({ start }: Setting, cells: number, name: string, env: NodeJS.ProcessEnv, canaries: Canaries, watch: (cell: string) => Promise<void>): Promise<Buffer> {
  const child = spawn(nodeBinary('24'), ['--disable-warning=ExperimentalWarning', ...PRELOADED[start], join(PACKAGE, 'src/application/main.ts'), `${name}.job.json`, `--api-key=${canaries.argument}`], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env,
    cwd: PACKAGE,
  });
  // Each by itself: a line of one is not to be torn by the other.
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  child.on('message', (message) => {
    // Sent by the application of this same package.
    const { watch: cell } = message as FromApplication;
    void watch(cell).then(() => child.connected && child.send(cell));
  });
  const deadline = setTimeout(() => child.kill('SIGKILL'), RUN_MS + cells * CELL_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(deadline);
  const all = Buffer.concat([...out, Buffer.from('\n'), ...err]);
  if (code !== 0) throw new Error(`the application ended with ${String(code)}:\n${all.subarray(-4_000).toString()}`);
  return withoutPrintedBySdks(all);
}

/** Lines that SDKs print by themselves, with or without Outspan, and that hold content. */
const PRINTED_BY_SDKS: readonly { readonly why: string; readonly line: RegExp }[] = [{ why: "ollama's prints each line of an answer that it cannot parse", line: /^invalid json: {2}.*\n/gm }];

function withoutPrintedBySdks(printed: Buffer): Buffer {
  // Latin-1 gives every byte back as it was.
  return Buffer.from(PRINTED_BY_SDKS.reduce((text, { line }) => text.replace(line, ''), printed.toString('latin1')), 'latin1');
}
