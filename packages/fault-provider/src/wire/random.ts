/** Numbers in [0, 1) that a seed determines. */
export type Random = () => number;

/** Mulberry32: small, and the same on every platform. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** An identifier of `length` characters out of `alphabet`. */
export function randomId(random: Random, length: number, alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789'): string {
  let id = '';
  while (id.length < length) id += alphabet[Math.floor(random() * alphabet.length)] ?? '';
  return id;
}

/** Hexadecimal digits. */
export const HEX = '0123456789abcdef';
