import { afterAll, describe, it } from 'vitest';
import { receiveGrpc, receiveHttp, type Answer, type Receiver } from './receiver.ts';
import { diagLines, start, type Running } from './run.ts';

const receivers: Receiver[] = [];
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.close()));
});

/** A backend that can be away. */
interface Backend extends Receiver {
  away: boolean;
}

async function backend(how: Answer | 'grpc', retryAfter?: string): Promise<Backend> {
  const state = { away: true };
  const receiver = await (how === 'grpc'
    ? receiveGrpc({ answer: () => (state.away ? 14 : 0) })
    : receiveHttp({ answer: () => (state.away ? how : 200), ...(retryAfter !== undefined && { retryAfter }) }));
  receivers.push(receiver);
  return Object.assign(state, receiver);
}

const ENVIRONMENT = { OTEL_METRICS_EXPORTER: 'none', OTEL_BSP_SCHEDULE_DELAY: '50', OTEL_BLRP_SCHEDULE_DELAY: '50', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '20', OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '20', OTEL_EXPORTER_OTLP_TIMEOUT: '1000' };

function application(receiver: Receiver, count: number, ending: string, env: Readonly<Record<string, string>> = {}): Running {
  return start({ app: ['through-an-outage.mjs', String(count), '10', ending], env: { ...ENVIRONMENT, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env } });
}

/** The numbers of what arrived, in the order of arrival. The texts are readable in every encoding. */
function numbers(receiver: Receiver, kind: 'span' | 'event'): number[] {
  const arrived = receiver.requests.filter(({ taken }) => taken).map(({ body }) => body.toString('latin1'));
  return arrived.flatMap((body) => Array.from(body.matchAll(new RegExp(`${kind} (\\d{4})`, 'g')), ([, number]) => Number(number)));
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}

describe.concurrent('a backend that is away for a while', () => {
  it.for([
    ['resets connections', 'http/protobuf', 'reset', undefined],
    ['answers 503 with Retry-After', 'http/json', 503, '1'],
    ['answers 429', 'http/protobuf', 429, undefined],
    ['answers 502', 'http/json', 502, undefined],
    ['gives no answer', 'http/json', 'never', undefined],
    ['is UNAVAILABLE', 'grpc', 'grpc', undefined],
  ] as const)('and %s (%s): every span and event arrives, once and in order', async ([, protocol, how, retryAfter], { expect }) => {
    const receiver = await backend(how, retryAfter);
    const app = application(receiver, 200, 'signal', { OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
    await app.says('made 150');
    receiver.away = false;
    await app.says('ready');
    app.kill('SIGTERM');
    const ended = await app.ended;
    expect(numbers(receiver, 'span')).toEqual(upTo(200));
    expect(numbers(receiver, 'event')).toEqual(upTo(200));
    expect(ended.signal).toBe('SIGTERM');
    expect(diagLines(ended).filter((line) => !line.includes('is kept until it can be'))).toEqual([]);
    expect(diagLines(ended).length).toBeLessThanOrEqual(1);
  });
});

describe.concurrent('what is kept for a backend that is away', () => {
  it('arrives by the last export when the process exits', async ({ expect }) => {
    const receiver = await backend(503, '60');
    const app = application(receiver, 100, 'process.exit()');
    await app.says('made 80');
    receiver.away = false;
    expect((await app.ended).code).toBe(3);
    expect(numbers(receiver, 'span').toSorted((a, b) => a - b)).toEqual(upTo(100));
    expect(numbers(receiver, 'event').toSorted((a, b) => a - b)).toEqual(upTo(100));
  });

  it('does not hold a process that ends by itself', async ({ expect }) => {
    const receiver = await backend('reset');
    const app = application(receiver, 50, 'itself', { OUTSPAN_FLUSH_TIMEOUT: '300' });
    const ended = await app.ended;
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(diagLines(ended).at(-1)).toContain('in the 300 ms that the end of the process may take');
  });

  it('does not hold it either while another try gets no answer', async ({ expect }) => {
    let requests = 0;
    // The first export of each signal fails, all others hang: longer than the application is let live.
    const receiver = await receiveHttp({ answer: () => (requests++ < 2 ? 'reset' : 'never') });
    receivers.push(receiver);
    const ended = await application(receiver, 200, 'itself', { OUTSPAN_FLUSH_TIMEOUT: '300', OTEL_EXPORTER_OTLP_TIMEOUT: '120000' }).ended;
    expect(receiver.requests.length).toBeGreaterThan(2);
    expect(ended).toMatchObject({ code: 0, signal: null });
  });

  it('loses the oldest past its bound, and says how much', async ({ expect }) => {
    const receiver = await backend(503);
    const app = application(receiver, 200, 'signal', { OUTSPAN_RETRY_QUEUE_SIZE: '60' });
    await app.says('ready');
    receiver.away = false;
    app.kill('SIGTERM');
    const ended = await app.ended;
    const arrived = numbers(receiver, 'span');
    expect(arrived.slice(-40)).toEqual(upTo(200).slice(-40));
    // What was being tried just then is kept beside it.
    expect(arrived.length).toBeLessThanOrEqual(80);
    expect(new Set(arrived).size).toBe(arrived.length);
    expect(diagLines(ended).filter((line) => /\d+ spans were dropped: .*OUTSPAN_RETRY_QUEUE_SIZE/.test(line))).toHaveLength(1);
  });

  it('is nothing where OUTSPAN_RETRY_QUEUE_SIZE is 0', async ({ expect }) => {
    const receiver = await backend(503, '60');
    const app = application(receiver, 20, 'signal', { OUTSPAN_RETRY_QUEUE_SIZE: '0' });
    await app.says('ready');
    while (!receiver.requests.some(({ path }) => path === '/v1/traces')) await new Promise((resolve) => setTimeout(resolve, 20));
    receiver.away = false;
    app.kill('SIGTERM');
    expect(diagLines(await app.ended).join()).toContain('could not be exported and was dropped');
    expect(numbers(receiver, 'span')).not.toContain(0);
  });
});
