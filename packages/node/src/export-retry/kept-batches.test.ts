import { expect, it } from 'vitest';
import { KeptBatches, type Batch } from './kept-batches.ts';

function batch(items: number, bytes: number = items): Batch {
  return { body: new Uint8Array(bytes), items };
}

it('drops the oldest for what is new, past the number of items as past the bytes', () => {
  for (const limits of [{ items: 10, bytes: 1_000 }, { items: 1_000, bytes: 10 }]) {
    const kept = new KeptBatches(limits);
    const [first, second, third] = [batch(4), batch(4), batch(6)];
    expect(kept.add(first)).toEqual([]);
    expect(kept.add(second)).toEqual([]);
    expect(kept.add(third)).toEqual([first]);
    expect([...kept]).toEqual([second, third]);
  }
});

it('drops what alone is more than may be kept', () => {
  const kept = new KeptBatches({ items: 10, bytes: 10 });
  const [small, large] = [batch(1), batch(1, 11)];
  kept.add(small);
  expect(kept.add(large)).toEqual([small, large]);
  expect(kept.size).toBe(0);
});

it('does not drop what is under way', () => {
  const kept = new KeptBatches({ items: 10, bytes: 10 });
  const [first, second, third] = [batch(5), batch(5), batch(5)];
  kept.add(first);
  kept.add(second);
  expect(kept.add(third, first)).toEqual([second]);
  expect(kept.oldest).toBe(first);
});

it('has room again for what was deleted, once', () => {
  const kept = new KeptBatches({ items: 10, bytes: 10 });
  const [first, second] = [batch(10), batch(10)];
  kept.add(first);
  kept.delete(first);
  kept.delete(first);
  expect(kept.add(second)).toEqual([]);
  expect(kept.add(batch(1))).toEqual([second]);
});
