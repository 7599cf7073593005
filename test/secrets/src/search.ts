import { type Canaries, type Place, PLACES } from './canaries.ts';

/** Half of a marker is as bad as all of it, from this length on. */
const SHORTEST_HALF = 12;

/** A marker, or half of it, as it may be written. */
interface Needle {
  readonly place: Place;
  readonly form: string;
  readonly bytes: Buffer;
}

/** A marker that was found. */
export interface Hit {
  readonly place: Place;
  /** How it was written: `plain`, `base64`, … */
  readonly form: string;
  /** Where: a signal, a stream, a span's attribute. */
  readonly where: string;
  /** What is around it. */
  readonly around: string;
}

const percent = (text: string): string => [...Buffer.from(text)].map((byte) => (/[\w.~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)).join('');
const json = (text: string): string => JSON.stringify(text).slice(1, -1);
const ascii = (text: string): string => json(text).replaceAll(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Base64 of text that stands at any place of a longer one: what depends on its neighbours is cut off. */
function base64(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64').replaceAll('=', '');
    const whole = Math.floor((before + bytes.length) / 3) * 4;
    return encoded.slice(before === 0 ? 0 : 4, whole);
  });
}

const FORMS: Readonly<Record<string, (text: string) => readonly string[]>> = {
  plain: (text) => [text],
  json: (text) => [json(text), ascii(text)],
  'json in json': (text) => [json(json(text)), json(ascii(text))],
  percent: (text) => [percent(text), percent(text).toLowerCase(), encodeURIComponent(text)],
  'percent twice': (text) => [encodeURIComponent(encodeURIComponent(text))],
  html: (text) => [text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')],
  base64,
  base64url: (text) => base64(text).map((encoded) => encoded.replaceAll('+', '-').replaceAll('/', '_')),
  hex: (text) => [Buffer.from(text).toString('hex')],
};

function halves(text: string): readonly string[] {
  const middle = Math.floor(text.length / 2);
  return middle < SHORTEST_HALF ? [text] : [text.slice(0, middle), text.slice(middle)];
}

function needlesOf(place: Place, text: string): readonly Needle[] {
  const written = new Map<string, string>();
  // Long markers are bytes of a file: some parts of them tell.
  const short = text.length > 256 ? [text.slice(0, 48), text.slice(text.length / 2, text.length / 2 + 48), text.slice(-48)] : halves(text);
  for (const half of short) {
    for (const [form, write] of Object.entries(FORMS)) {
      for (const spelling of write(half)) if (!written.has(spelling)) written.set(spelling, form);
    }
  }
  return [...written].map(([spelling, form]) => ({ place, form, bytes: Buffer.from(spelling) }));
}

const AROUND = 120;

/** Looks for markers, their halves of at least 12 characters, and both in the encodings that telemetry and logs have. */
export class Search {
  readonly #needles: readonly Needle[];
  /** Bytes that were looked through. */
  bytes = 0;

  constructor(canaries: Canaries, places: readonly Place[] = PLACES) {
    this.#needles = places.flatMap((place) => needlesOf(place, canaries[place]));
  }

  /** Every marker that is in some bytes, the first time that it is there in each form. */
  in(where: string, bytes: Buffer): readonly Hit[] {
    this.bytes += bytes.length;
    return this.#needles.flatMap((needle) => {
      const at = bytes.indexOf(needle.bytes);
      if (at < 0) return [];
      return [{ place: needle.place, form: needle.form, where, around: bytes.subarray(Math.max(0, at - AROUND), at + needle.bytes.length + AROUND).toString() }];
    });
  }

  /** The places of which a marker is in some bytes. */
  placesIn(bytes: Buffer): ReadonlySet<Place> {
    return new Set(this.in('', bytes).map(({ place }) => place));
  }
}

/** A hit, for a reader. */
export function hitText({ place, form, where, around }: Hit): string {
  return `${place} (${form}) in ${where}: …${around.replaceAll(/[^\x20-\x7e]+/g, '·')}…`;
}
