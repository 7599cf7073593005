import { describe, expect, it } from 'vitest';
import { newCanaries, PLACES } from './canaries.ts';
import { Search } from './search.ts';

const canaries = newCanaries();
const search = new Search(canaries);

const found = (text: string): readonly string[] => [...search.placesIn(Buffer.from(text))];

describe('the search for markers', () => {
  it.each(PLACES)('finds that of %s, each half of it, and in every encoding', (place) => {
    const text = canaries[place];
    const half = text.slice(0, Math.max(12, Math.floor(text.length / 2)));
    for (const part of text.length < 24 ? [text] : [text, half, text.slice(Math.floor(text.length / 2))]) {
      const written: readonly string[] = [
        part,
        `?key=${encodeURIComponent(part)}&alt=sse`,
        JSON.stringify({ value: part }),
        JSON.stringify(JSON.stringify({ value: part })),
        ...['', 'x', 'xy'].flatMap((before) => [Buffer.from(`${before}${part} and more`).toString('base64'), Buffer.from(`${before}${part} and more`).toString('base64url')]),
        Buffer.from(part).toString('hex'),
      ];
      for (const spelling of written) expect(found(`before ${spelling} after`), spelling).toContain(place);
    }
  });

  it('finds nothing where there is none', () => {
    expect(found(JSON.stringify(newCanaries()))).toEqual([]);
  });
});
