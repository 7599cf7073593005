import { describe, expect, it } from 'vitest';
import { COLOURED, paletteFor, PLAIN } from './colours.ts';

describe('paletteFor', () => {
  it.each([
    ['a terminal', {}, true, COLOURED],
    ['a pipe', {}, false, PLAIN],
    ['a dumb terminal', { TERM: 'dumb' }, true, PLAIN],
    ['a terminal under NO_COLOR', { NO_COLOR: '1' }, true, PLAIN],
    ['a terminal under an empty NO_COLOR, which counts as unset', { NO_COLOR: '' }, true, COLOURED],
    ['a pipe under FORCE_COLOR', { FORCE_COLOR: '1' }, false, COLOURED],
    ['a pipe under FORCE_COLOR and NO_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, false, COLOURED],
    ['a terminal under FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, PLAIN],
  ])('chooses for %s', (_what, environment, isTerminal, palette) => {
    expect(paletteFor(environment, isTerminal)).toBe(palette);
  });
});
