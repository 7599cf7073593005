import { describe, expect, it } from 'vitest';
import { relayOf, throughRelay } from './relay.ts';

function counted(chunks: readonly string[]): { readonly stream: ReadableStream; readonly pulled: () => number; readonly cancelled: () => unknown } {
  let [pulled, cancelled]: [number, unknown] = [0, undefined];
  const stream = new ReadableStream(
    {
      pull(controller) {
        const chunk = chunks[pulled++];
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
      cancel: (reason) => void (cancelled = reason),
    },
    { highWaterMark: 0 },
  );
  return { stream, pulled: () => pulled, cancelled: () => cancelled };
}

const turns = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('a relay', () => {
  it('asks for a chunk only when it is asked for one', async () => {
    const { stream, pulled } = counted(['a', 'b', 'c']);
    const { readable } = relayOf(stream);
    await turns();
    expect(pulled()).toBe(0);
    const reader: ReadableStreamDefaultReader = readable.getReader();
    expect(await reader.read()).toEqual({ done: false, value: 'a' });
    await turns();
    expect(pulled()).toBe(1);
  });

  it('hands on the same chunks, the end, and the cancellation', async () => {
    const chunk = new Uint8Array([1]);
    const source = new ReadableStream({
      start(controller) {
        controller.enqueue(chunk);
        controller.close();
      },
    });
    const reader: ReadableStreamDefaultReader = relayOf(source).readable.getReader();
    expect((await reader.read()).value).toBe(chunk);
    expect(await reader.read()).toEqual({ done: true, value: undefined });
    const { cancelled, stream } = counted(['a']);
    await relayOf(stream).readable.cancel('enough');
    expect(cancelled()).toBe('enough');
  });

  it('fails as the stream fails, also while nobody asks', async () => {
    let fail: (error: unknown) => void = () => undefined;
    const source = new ReadableStream({ start: (controller) => void (fail = (error) => controller.error(error)) });
    const reader = relayOf(source).readable.getReader();
    fail('lost');
    await expect(reader.closed).rejects.toBe('lost');
  });

  it('locks the stream until the method that reads it is done', async () => {
    const { stream } = counted(['a']);
    const done = throughRelay(stream, (relay) => relay.pipeTo(new WritableStream()));
    expect(stream.locked).toBe(true);
    await done;
    expect(stream.locked).toBe(false);
  });

  it('unlocks the stream where the method refuses', () => {
    const { stream } = counted(['a']);
    expect(() =>
      throughRelay(stream, () => {
        throw new TypeError('no');
      }),
    ).toThrow('no');
    expect(stream.locked).toBe(false);
  });
});
