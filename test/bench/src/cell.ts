/**
 * One cell, in a process of its own: one variant under one workload. It is forked by the benchmark, told what to do
 * by its argument, and sends its measurement to its parent.
 */
import { writeFile } from 'node:fs/promises';
import type * as Http from 'node:http';
import { request } from 'node:http';
import { Session } from 'node:inspector/promises';
import { createRequire } from 'node:module';
import { setImmediate, setTimeout as pause } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import type * as OpenAIModule from 'openai';
import type { OpenAI } from 'openai';
import { prose, WORD } from './bodies.ts';
import { startTracing } from './tracing.ts';
import type { Tracing } from './tracing.ts';
import { VARIANTS } from './variants.ts';
import type { VariantId } from './variants.ts';
import { MODELS } from './workloads.ts';
import type { CpuWorkload, MemoryWorkload, Workload } from './workloads.ts';

export interface CellTask {
  readonly variant: VariantId;
  readonly workload: Workload;
  readonly port: number;
  /** Where a CPU profile of the measured operations goes; CPU workloads only. */
  readonly profileTo?: string;
}

export interface CellResult {
  /** CPU of this process (user and system, all threads), microseconds per operation. */
  readonly cpu?: number;
  /** Heap and external bytes per open stream, above what there was before; one figure per checkpoint. */
  readonly memory?: readonly number[];
  readonly spansPerOperation?: number;
}

const WARMUP_STREAMS = 30;
const SHORT_STREAM = 5;

type Client = Pick<OpenAI, 'chat'>;

/** The calls of a workload; each fails where the answer is not the one that was sent. */
interface Calls {
  unary(messages: Messages): Promise<void>;
  streamed(model: string, messages: Messages, events: number): Promise<void>;
}

async function run(task: CellTask): Promise<CellResult> {
  const tracing = await startTracing(VARIANTS[task.variant]);
  const { workload } = task;
  if (workload.kind === 'cpu' && workload.client === 'node:http') return measureCpu(overHttp(task.port), workload, tracing, task.profileTo);
  // CommonJS, which every variant can hook.
  const sdk: typeof OpenAIModule = createRequire(import.meta.url)('openai');
  const client = new sdk.OpenAI({ apiKey: 'sk-bench', baseURL: `http://127.0.0.1:${task.port}/v1`, maxRetries: 0 });
  return workload.kind === 'cpu' ? measureCpu(withSdk(client), workload, tracing, task.profileTo) : measureMemory(client, workload, task.port);
}

async function measureCpu(calls: Calls, workload: CpuWorkload, tracing: Tracing, profileTo?: string): Promise<CellResult> {
  const { events, model } = workload;
  const messages = conversation(workload.messages);
  const operations = async (count: number, length = events): Promise<void> => {
    let started = 0;
    const worker = async (): Promise<void> => {
      while (started++ < count) await (length === 0 ? calls.unary(messages) : calls.streamed(model, messages, length));
    };
    await Promise.all(Array.from({ length: workload.inFlight }, worker));
  };
  await operations(workload.shortWarmup ?? 0, SHORT_STREAM);
  await operations(workload.warmup);
  await settle();
  const spansBefore = await tracing.exported();
  const stopProfile = profileTo === undefined ? undefined : await profile(profileTo);
  const before = process.cpuUsage();
  await operations(workload.operations);
  const { user, system } = process.cpuUsage(before);
  await stopProfile?.();
  // The last spans may end in a turn after the last operation.
  await settle();
  return {
    cpu: (user + system) / workload.operations,
    spansPerOperation: ((await tracing.exported()) - spansBefore) / workload.operations,
  };
}

/** Starts a CPU profile of what is warm; `cpu-prof` would also show how it became so. */
async function profile(file: string): Promise<() => Promise<void>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    await writeFile(file, JSON.stringify(profile));
  };
}

type Messages = OpenAI.Chat.ChatCompletionMessageParam[];

/** A conversation of about so many characters, in turns of at most 4,000. */
function conversation(characters: number): Messages {
  const messages: Messages = [{ role: 'system', content: 'You are a helpful assistant.' }];
  for (let left = characters; left > 0; left -= 4_000) messages.push({ role: 'user', content: prose(Math.min(left, 4_000)) });
  return messages;
}

function withSdk(client: Client): Calls {
  return { unary: (messages) => unary(client, messages), streamed: (model, messages, events) => streamed(client, model, messages, events) };
}

/** The same calls by hand, as an application without an SDK makes them. */
function overHttp(port: number): Calls {
  // Once the variant is set up: some replace its functions.
  const http: typeof Http = createRequire(import.meta.url)('node:http');
  const agent = new http.Agent({ keepAlive: true });
  const post = (body: object): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: 'Bearer sk-bench', 'content-type': 'application/json' };
      const sent = http.request({ host: '127.0.0.1', port, path: '/v1/chat/completions', method: 'POST', agent, headers }, (response) => {
        text(response).then(resolve, reject);
      });
      sent.once('error', reject).end(JSON.stringify(body));
    });
  return {
    async unary(messages) {
      const answer = await post({ model: MODELS.paced, messages, temperature: 0.2, max_tokens: 500 });
      if (!answer.includes('"finish_reason":"stop"')) throw new Error('not the answer that was sent');
    },
    async streamed(model, messages, events) {
      const answer = await post({ model, messages, temperature: 0.2, max_tokens: events, stream: true, stream_options: { include_usage: true } });
      const count = answer.split('data: ').length - 1;
      if (count !== events) throw new Error(`${count} events of ${events}`);
    },
  };
}

async function unary(client: Client, messages: Messages): Promise<void> {
  const answer = await client.chat.completions.create({ model: MODELS.paced, messages, temperature: 0.2, max_tokens: 500 });
  if (answer.choices[0]?.finish_reason !== 'stop') throw new Error('not the answer that was sent');
}

async function streamed(client: Client, model: string, messages: Messages, length: number): Promise<void> {
  const stream = await client.chat.completions.create({
    model,
    messages,
    temperature: 0.2,
    max_tokens: length,
    stream: true,
    stream_options: { include_usage: true },
  });
  let events = 0;
  for await (const chunk of stream) if (chunk.object === 'chat.completion.chunk') events++;
  // The end mark is not given to the application.
  if (events !== length - 1) throw new Error(`${events} events of ${length - 1}`);
}

async function measureMemory(client: Client, workload: MemoryWorkload, port: number): Promise<CellResult> {
  const open = async (): Promise<AsyncIterator<unknown>> => {
    const stream = await client.chat.completions.create({ model: MODELS.gated, messages: conversation(1_000), stream: true });
    return stream[Symbol.asyncIterator]();
  };
  const read = async (iterator: AsyncIterator<unknown>, events: number): Promise<void> => {
    for (let left = events; left > 0; left--) await iterator.next();
  };
  // Code is compiled, caches are filled, what only the start needed is let go of.
  for (let stream = 0; stream < WARMUP_STREAMS; stream++) await streamed(client, MODELS.bursts, conversation(1_000), 500);
  await openGate(port, 0);
  await pause(500);
  const before = await bytesInUse();
  const streams = await Promise.all(Array.from({ length: workload.streams }, open));
  const memory: number[] = [];
  let brought = 0;
  for (const checkpoint of workload.checkpoints) {
    const events = Math.max(1, Math.floor(checkpoint / WORD.byteLength));
    await openGate(port, events);
    await Promise.all(streams.map((stream) => read(stream, events - brought)));
    brought = events;
    memory.push(((await bytesInUse()) - before) / workload.streams);
  }
  return { memory };
}

/** Over node:http, which no variant looks at. */
function openGate(port: number, events: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const control = request({ host: '127.0.0.1', port, path: '/gate', method: 'POST', agent: false }, (response) => {
      response.resume().once('end', resolve);
    });
    control.once('error', reject).end(String(events));
  });
}

/** What is in use after everything that can be collected was. */
async function bytesInUse(): Promise<number> {
  // V8 lets go of code that is not used only after several collections.
  for (let round = 0; round < 12; round++) {
    await settle();
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await setImmediate();
}

const task: CellTask = JSON.parse(process.argv[2] ?? '');
const result = await run(task);
process.send?.(result, undefined, undefined, () => process.exit(0));
