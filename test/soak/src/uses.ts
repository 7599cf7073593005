import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from './clients.ts';
import { FAULTS_MET, truncatedCells } from './faults-met.ts';
import type { Endpoints } from './messages.ts';

/** One thing that an application does to a call, or that befalls one. It may reject: applications do. */
export interface Use {
  readonly name: string;
  readonly make: (client: Client, endpoints: Endpoints) => Promise<unknown>;
}

/** Milliseconds after which an application gives up on silence. */
const PATIENCE = 300;

async function readAll(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const chunk of chunks) void chunk;
}

/** A stream as most are: read to its end, event by event. */
export const STEADY_READING: Use = {
  name: 'read to the end, slowly',
  make: async (client, { steady }) => readAll((await client.stream(steady, never())).chunks),
};

/** What a caller can do to a healthy stream. */
const CALLERS: readonly Use[] = [
  {
    name: 'read to the end',
    make: async (client, { brisk }) => readAll((await client.stream(brisk, never())).chunks),
  },
  {
    name: 'left by break',
    make: async (client, { brisk }) => {
      const { chunks } = await client.stream(brisk, never());
      for await (const _ of chunks) break;
    },
  },
  {
    name: 'aborted in the middle',
    make: async (client, { brisk }) => {
      const caller = new AbortController();
      const { chunks } = await client.stream(brisk, caller.signal);
      for await (const _ of chunks) caller.abort();
    },
  },
  {
    name: 'aborted before an answer',
    make: (client, { faults }) => client.stream(faults['hang_after_head'] ?? '', AbortSignal.timeout(20)).then(({ chunks }) => readAll(chunks)),
  },
  {
    name: 'not read, then aborted',
    make: async (client, { brisk }) => {
      const caller = new AbortController();
      const stream = await client.stream(brisk, caller.signal);
      await wait(50);
      caller.abort();
      return stream.chunks;
    },
  },
  {
    // Nothing but the garbage collector ends it.
    name: 'not read, forgotten',
    make: async (client, { idle }) => {
      await client.stream(idle, never());
    },
  },
  {
    name: 'split by tee, both read',
    make: async (client, { brisk }) => {
      const stream = await client.stream(brisk, never());
      await Promise.all(stream.tee().map(readAll));
    },
  },
  {
    name: 'split by tee, one read',
    make: async (client, { brisk }) => {
      const [one] = (await client.stream(brisk, never())).tee();
      if (one !== undefined) await readAll(one);
    },
  },
  { name: 'asked, with retries', make: (client, { shaky }) => client.ask(shaky, never()) },
];

function never(): AbortSignal {
  return new AbortController().signal;
}

function cutOff(id: string): readonly Use[] {
  return (['unary', 'stream'] as const)
    .filter((mode) => truncatedCells(id).some((cell) => cell.mode === mode))
    .map((mode) => ({
      name: `${id}, ${mode}`,
      make: async (client, { faults }) => {
        const baseUrl = faults[id] ?? '';
        if (!truncatedCells(id).some((cell) => cell.mode === mode && cell.dialect === client.dialect)) return;
        const signal = AbortSignal.timeout(PATIENCE);
        if (mode === 'unary') await client.ask(baseUrl, signal);
        else await readAll((await client.stream(baseUrl, signal)).chunks);
      },
    }));
}

/** Everything that can be done to a call or befall it. */
export const USES: readonly Use[] = [...CALLERS, ...FAULTS_MET.flatMap(cutOff)];
