import { diag, DiagLogLevel } from '@opentelemetry/api';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RetryLimits } from './kept-batches.ts';
import { KeptExports } from './kept-exports.ts';

type Response = { readonly status: 'success' | 'failure' | 'retryable'; readonly error?: Error; readonly retryInMillis?: number };

const TAKEN: Response = { status: 'success' };
const AWAY: Response = { status: 'retryable', error: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }) };
const TOO_LARGE: Response = { status: 'failure', error: new Error('Payload Too Large') };

/** An exporter as the SDK's are inside, whose backend answers as `answer` says. A batch is a list of texts. */
class Exporter {
  answer: (batch: string) => Response = () => TAKEN;
  readonly asked: string[] = [];
  readonly finished: string[] = [];
  readonly ended = vi.fn<() => Promise<void>>(() => Promise.resolve());
  readonly _delegate = {
    _timeout: 10_000,
    _serializer: { serializeRequest: (items: readonly string[]) => new TextEncoder().encode(items.join()) },
    _transport: {
      _transport: {
        send: (body: Uint8Array): Promise<Response> => {
          const batch = new TextDecoder().decode(body);
          this.asked.push(batch);
          return Promise.resolve(this.answer(batch));
        },
      },
    },
  };
  export: (items: readonly string[], done: (result: { code: number }) => void) => void = () => undefined;
  shutdown: () => Promise<void> = () => this.ended();

  get taken(): string[] {
    return this.finished.filter((batch) => !batch.includes(' '));
  }
}

const said: string[] = [];

function keeping(limits: Partial<RetryLimits> = {}): { exporter: Exporter; kept: KeptExports; give: (...batches: string[]) => Promise<number[]> } {
  const exporter = new Exporter();
  const destination = { protocol: 'http', url: 'http://127.0.0.1:1/v1/traces', headers: {}, gzip: false, tls: {} } as const;
  let counted = 0;
  const begin = (): ((errorType?: string) => void) => {
    const name = given[counted++];
    return (errorType) => void exporter.finished.push(errorType === undefined ? `${name}` : `${name} ${errorType}`);
  };
  const given: string[] = [];
  const kept = new KeptExports({ begin, exporter, what: 'spans', protocol: 'http', destination: () => destination, limits: { items: 100, bytes: 1_000, ...limits } });
  const give = async (...batches: string[]): Promise<number[]> => {
    const results: number[] = [];
    for (const batch of batches) {
      given.push(batch);
      exporter.export([batch], ({ code }) => results.push(code));
      await vi.advanceTimersByTimeAsync(0);
    }
    return results;
  };
  return { exporter, kept, give };
}

function bodies(kept: KeptExports): string[] {
  return [...kept.parcels()].map(({ body }) => new TextDecoder().decode(body));
}

beforeEach(() => {
  vi.useFakeTimers();
  said.length = 0;
  const nothing = (): void => undefined;
  const say = (message: string): void => void said.push(message);
  diag.setLogger({ error: say, warn: say, info: nothing, debug: nothing, verbose: nothing }, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
});
afterEach(() => {
  diag.disable();
  vi.useRealTimers();
});

it('sends what failed again, in order and once, when the backend is back', async () => {
  const { exporter, kept, give } = keeping();
  exporter.answer = () => AWAY;
  expect(await give('a', 'b', 'c')).toEqual([0, 0, 0]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(exporter.taken).toEqual([]);
  expect(bodies(kept)).toEqual(['a', 'b', 'c']);
  exporter.answer = () => TAKEN;
  await give('d');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(exporter.finished).toEqual(['a', 'b', 'c', 'd']);
  expect(bodies(kept)).toEqual([]);
  // A backend that is there is asked at once, as ever.
  await give('e');
  expect(exporter.finished.at(-1)).toBe('e');
});

it('asks a backend that is away by one batch at a time, ever more seldom', async () => {
  const { exporter, give } = keeping();
  exporter.answer = () => AWAY;
  await give('a', 'b', 'c');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(exporter.asked.length).toBeLessThan(18);
});

it('waits as long as the backend asks for', async () => {
  const { exporter, give } = keeping();
  exporter.answer = () => ({ ...AWAY, retryInMillis: 30_000 });
  await give('a');
  exporter.answer = () => TAKEN;
  await vi.advanceTimersByTimeAsync(29_000);
  expect(exporter.asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(exporter.finished).toEqual(['a']);
});

it('says a batch that the backend refuses, and keeps none of it', async () => {
  const { exporter, kept, give } = keeping();
  exporter.answer = () => TOO_LARGE;
  expect(await give('a')).toEqual([1]);
  expect(exporter.finished).toEqual(['a Error']);
  exporter.answer = () => AWAY;
  await give('b', 'c');
  exporter.answer = (batch) => (batch === 'b' ? TOO_LARGE : TAKEN);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(exporter.finished).toEqual(['a Error', 'b Error', 'c']);
  expect(bodies(kept)).toEqual([]);
  expect(said).toEqual(['outspan: what was kept could not be exported']);
});

it('counts and says what is dropped for want of room, the oldest first', async () => {
  const { exporter, give } = keeping({ items: 2 });
  exporter.answer = () => AWAY;
  await give('a', 'b', 'c', 'd');
  expect(exporter.finished).toEqual(['a queue_full', 'b queue_full']);
  exporter.answer = () => TAKEN;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(exporter.taken).toEqual(['c', 'd']);
  expect(said).toEqual(['Dropped 1 spans because the retry queue was full', 'Dropped 1 spans because the retry queue was full']);
});

it('lets the others go before a batch that is refused again and again, and gives it up after an hour', async () => {
  const { exporter, kept, give } = keeping();
  exporter.answer = (batch) => (batch === 'bad' ? AWAY : TAKEN);
  await give('bad', 'a', 'b');
  await vi.advanceTimersByTimeAsync(60_000);
  await give('c');
  await vi.advanceTimersByTimeAsync(20_000);
  expect(exporter.taken).toEqual(['a', 'b', 'c']);
  expect(bodies(kept)).toEqual(['bad']);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(exporter.finished.at(-1)).toBe('bad export_max_retries');
  expect(said.at(-1)).toBe('Dropped 1 spans because the backend did not take them in time');
});

it('says from the second failure on that it keeps, and why', async () => {
  const { exporter, give } = keeping();
  exporter.answer = () => AWAY;
  await give('a', 'b');
  expect(said).toEqual([]);
  await vi.advanceTimersByTimeAsync(600);
  expect(said).toEqual(['Kept spans to export them again: connect ECONNREFUSED']);
});

it('sends what is kept at once when it is shut down, for as long as one export may take', async () => {
  const { exporter, give } = keeping();
  exporter.answer = () => AWAY;
  await give('a', 'b');
  const ended = exporter.shutdown();
  await vi.advanceTimersByTimeAsync(0);
  expect(exporter.asked).toEqual(['a', 'a']);
  exporter.answer = (batch) => (batch === 'a' ? TAKEN : AWAY);
  await vi.advanceTimersByTimeAsync(9_000);
  expect(exporter.ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(10_000);
  await ended;
  expect(exporter.ended).toHaveBeenCalledOnce();
  expect(exporter.finished).toEqual(['a', 'b export_max_retries']);
});

it('survives a transport that throws', async () => {
  const { exporter, give } = keeping();
  exporter.answer = () => {
    throw new Error('unexpected');
  };
  expect(await give('a')).toEqual([1]);
  expect(exporter.finished).toEqual(['a Error']);
});
