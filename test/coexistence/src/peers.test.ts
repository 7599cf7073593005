import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startFaultProvider, type FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, it } from 'vitest';

const PACKAGE = fileURLToPath(new URL('../', import.meta.url));
const ENDS_WITHIN_MS = 90_000;

interface ToldSpan {
  readonly scope: string;
  readonly name: string;
  readonly id: string;
  readonly parent?: string;
  readonly status: 'unset' | 'ok' | 'error';
  readonly attributes: Readonly<Record<string, unknown>>;
}

type Told = Readonly<Record<string, { readonly result: { readonly answer?: string; readonly error?: string }; readonly spans: readonly ToldSpan[] }>>;

/** Peers that make the call in their span, whose span is adopted. */
const ADOPTED = [
  { peer: 'opentelemetry openai', sdk: 'openai', scope: '@opentelemetry/instrumentation-openai' },
  { peer: 'traceloop openai', sdk: 'openai', scope: '@traceloop/instrumentation-openai' },
  { peer: 'openinference openai', sdk: 'openai', scope: '@arizeai/openinference-instrumentation-openai' },
  { peer: 'traceloop anthropic', sdk: 'anthropic', scope: '@traceloop/instrumentation-anthropic' },
  { peer: 'openinference anthropic', sdk: 'anthropic', scope: '@arizeai/openinference-instrumentation-anthropic' },
] as const;

/** Peers whose span is nowhere to be seen from inside the call: theirs are beside ours. */
const BESIDE = [
  { peer: 'langfuse openai', sdk: 'openai' },
  { peer: 'sentry openai', sdk: 'openai' },
] as const;

/** What each call is given, and what its operation must say. */
const CASES = [
  { call: 'unary', fault: 'ok', status: 'unset', attempts: 1, says: { 'outspan.retry.count': 0 } },
  { call: 'unary', fault: 'bad_gateway_page,ok', status: 'unset', attempts: 2, says: { 'outspan.retry.count': 1 } },
  { call: 'unary', fault: 'bad_gateway_page', status: 'error', attempts: 3, says: { 'outspan.error.class': 'bad_gateway', 'outspan.retry.count': 2 } },
  { call: 'unary', fault: '401', status: 'error', attempts: 1, says: { 'outspan.error.class': 'authentication' } },
  { call: 'stream', fault: 'ok', status: 'unset', attempts: 1, says: { 'outspan.retry.count': 0 } },
  { call: 'stream', fault: 'stream_cut_between_events', status: 'error', attempts: 1, says: { 'outspan.response.truncated': true } },
  // Whether the rest had come by then is a matter of time, and of whether the peer reads on.
  { call: 'break', fault: 'ok', status: 'unset', attempts: 1, says: { 'outspan.retry.count': 0 } },
] as const;

let provider: FaultProvider;
beforeAll(async () => {
  provider = await startFaultProvider();
});
afterAll(() => provider?.close());

async function run(peer: string, order: 'first' | 'last' | 'alone', sdk: string): Promise<Told> {
  const urls = Object.fromEntries(CASES.map(({ call, fault }) => [`URL_${call}_${fault}`, provider.session(fault).baseUrl]));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'fixtures/app.cjs', peer, order, sdk], {
    cwd: PACKAGE,
    env: { PATH: process.env['PATH'] ?? '', ...urls },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: ENDS_WITHIN_MS,
    killSignal: 'SIGKILL',
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  await once(child, 'close');
  const begin = said.stdout.indexOf('{');
  if (begin < 0) throw new Error(`${peer}, ${order}, ended by ${child.signalCode ?? child.exitCode} without a word: ${said.stderr}`);
  return JSON.parse(said.stdout.slice(begin));
}

function results(told: Told): unknown {
  return Object.fromEntries(Object.entries(told).map(([name, { result }]) => [name, result]));
}

/** Keys that say of a span that it is an inference. */
function operations(spans: readonly ToldSpan[]): ToldSpan[] {
  return spans.filter(({ attributes }) => 'outspan.operation.boundary' in attributes);
}

describe.concurrent.for(ADOPTED)('beside $peer', ({ peer, sdk, scope }) => {
  it.for(['first', 'last'] as const)('registered %s: its span is the operation, with the verdict, and its attempts are beneath it', async (order, { expect }) => {
    const [alone, told] = await Promise.all([run(peer, 'alone', sdk), run(peer, order, sdk)]);
    expect(results(told)).toEqual(results(alone));
    for (const { call, fault, status, attempts, says } of CASES) {
      const { spans } = told[`${call} ${fault}`] ?? { spans: [] };
      const where = `${call} ${fault}`;
      const [operation, ...others] = operations(spans);
      expect(others, where).toEqual([]);
      expect(operation, where).toMatchObject({ scope, status, attributes: { 'outspan.operation.boundary': 'native', ...says } });
      expect(spans.filter(({ scope: made }) => made === scope), where).toHaveLength(1);
      expect(spans.filter(({ parent, attributes }) => parent === operation?.id && 'outspan.attempt.number' in attributes), where).toHaveLength(attempts);
      // What its owner wrote stays, unless it is a key; and a name that both use tells what was on the wire.
      const own = (alone[where]?.spans ?? []).find((span) => span.scope === scope)?.attributes ?? {};
      expect(Object.keys(own).filter((name) => !(name in (operation?.attributes ?? {}))), where).toEqual([]);
      expect(JSON.stringify(operation), where).not.toContain('canary');
    }
  });
});

describe.concurrent.for(BESIDE)('beside $peer', ({ peer, sdk }) => {
  it.for(['first', 'last'] as const)('registered %s: the call has one operation of ours, and the peer what it has of its own', async (order, { expect }) => {
    const [alone, told] = await Promise.all([run(peer, 'alone', sdk), run(peer, order, sdk)]);
    expect(results(told)).toEqual(results(alone));
    for (const { call, fault, status, says } of CASES) {
      const { spans } = told[`${call} ${fault}`] ?? { spans: [] };
      const where = `${call} ${fault}`;
      const [operation, ...others] = operations(spans);
      expect(others, where).toEqual([]);
      expect(operation, where).toMatchObject({ status, attributes: { 'outspan.operation.boundary': 'sdk', ...says } });
      // No backend takes a span of the peer's for another inference.
      expect(spans.filter(({ attributes }) => 'gen_ai.operation.name' in attributes), where).toEqual([operation]);
    }
  });
});
