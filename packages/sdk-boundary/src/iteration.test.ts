import { describe, expect, it } from 'vitest';
import { observeIteration } from './iteration.ts';
import type { IterationObserver } from './iteration.ts';

function record(): { readonly observer: IterationObserver; readonly told: string[] } {
  const told: string[] = [];
  return {
    told,
    observer: {
      came: (item) => void told.push(`came ${String(item)}`),
      ended: () => void told.push('ended'),
      failed: (error) => void told.push(`failed ${String(error)}`),
      left: () => void told.push('left'),
    },
  };
}

async function* numbers(breaksAt?: number): AsyncGenerator<number> {
  for (let n = 1; n <= 3; n++) {
    if (n === breaksAt) throw new Error('broken');
    yield n;
  }
}

async function read(stream: AsyncIterable<number>, most = Infinity): Promise<number[]> {
  const items: number[] = [];
  for await (const item of stream) {
    items.push(item);
    if (items.length === most) break;
  }
  return items;
}

const iterable = (): AsyncIterable<number> => ({ [Symbol.asyncIterator]: () => numbers() });

describe('observeIteration', () => {
  it.each([
    ['a generator', (): AsyncIterable<number> => numbers()],
    ['an iterable', iterable],
  ])('reads along to the end of %s', async (_name, make) => {
    const { observer, told } = record();
    const stream = make();
    expect(observeIteration(stream, observer)).toBe(true);
    expect(await read(stream)).toEqual([1, 2, 3]);
    expect(told).toEqual(['came 1', 'came 2', 'came 3', 'ended']);
  });

  it('tells that the reader broke off', async () => {
    const { observer, told } = record();
    const stream = iterable();
    observeIteration(stream, observer);
    expect(await read(stream, 1)).toEqual([1]);
    expect(told).toEqual(['came 1', 'left']);
  });

  it('tells what the stream threw, and lets it through', async () => {
    const { observer, told } = record();
    const stream = numbers(2);
    observeIteration(stream, observer);
    await expect(read(stream)).rejects.toThrow('broken');
    expect(told).toEqual(['came 1', 'failed Error: broken']);
  });

  it('lets a step run where its observer wants it', async () => {
    const steps: string[] = [];
    const stream = numbers();
    observeIteration(stream, {
      step: (run) => {
        steps.push('step');
        return run();
      },
    });
    await read(stream, 1);
    expect(steps).toEqual(['step']);
  });

  it('gives the reader everything although its observer fails', async () => {
    const stream = numbers();
    observeIteration(stream, {
      came: () => {
        throw new Error('ours');
      },
    });
    expect(await read(stream)).toEqual([1, 2, 3]);
  });

  it('tells that a generator was let go of before it was first read', async () => {
    const { observer, told } = record();
    const stream = numbers();
    observeIteration(stream, observer);
    await stream.return(undefined);
    expect(told).toEqual(['left']);
  });

  it('leaves the reading of items alone where it is told of none', async () => {
    const stream = numbers();
    observeIteration(stream, { left: () => undefined });
    expect(Object.hasOwn(stream, 'next')).toBe(false);
    expect(await read(stream)).toEqual([1, 2, 3]);
  });

  it('hands out the very promise of an item where it is told of none, so that no reader comes too late', () => {
    const item = Promise.resolve({ done: false, value: 1 });
    const stream = { [Symbol.asyncIterator]: () => stream, next: () => item };
    observeIteration(stream, { step: (run) => run(), left: () => undefined });
    expect(stream.next()).toBe(item);
  });

  it('asks for nothing by itself', () => {
    const asked: string[] = [];
    const stream = {
      next: () => void asked.push('next'),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
    observeIteration(stream, {});
    expect(asked).toEqual([]);
  });

  it.each([undefined, 'text', {}, { next: 1 }])('leaves %o alone', (value) => {
    expect(observeIteration(value, {})).toBe(false);
  });
});
