import * as fc from 'fast-check';
import { ANSWERS, CLIENTS, type ClientName, keyOf, type RecordedAnswer } from './corpus.ts';

/** One thing that happens to the bytes of a response, head and framing included. Places are parts of the whole. */
export interface Damage {
  readonly kind: 'change' | 'insert' | 'remove' | 'double';
  readonly at: number;
  readonly byte: number;
}

/** One call: who asks, what is answered, and what becomes of the bytes on their way. */
export interface FuzzCase {
  readonly id: string;
  readonly client: ClientName;
  readonly answer: string;
  readonly framing: 'length' | 'chunked' | 'close';
  /** Bytes of each chunk of a chunked body. */
  readonly chunk: number;
  readonly damages: readonly Damage[];
  /** Where the bytes end, as a part of the whole; absent: all of them come. */
  readonly cut?: number;
  /** How the connection is closed after them. */
  readonly ending: 'fin' | 'reset';
  /** Where they are cut into writes, as parts of the whole. */
  readonly writes: readonly number[];
}

/** Not a double of fast-check's: of those nearly all are next to zero. */
const part = fc.nat(999_999).map((millionth) => millionth / 1e6);
const byte = fc.oneof(fc.constantFrom(0, 10, 13, 32, 34, 44, 48, 58, 91, 92, 93, 123, 125, 255), fc.integer({ min: 0, max: 255 }));

/** Half of the cases are healthy bytes that end early or come in pieces, the other half are damaged. */
const cases: fc.Arbitrary<Omit<FuzzCase, 'id'>> = fc
  .record({
    client: fc.constantFrom(...CLIENTS),
    answer: fc.oneof({ arbitrary: fc.constantFrom('ok', 'ok_tool_call', 'ok_crlf'), weight: 3 }, { arbitrary: fc.constantFrom(...Object.keys(ANSWERS)), weight: 2 }),
    framing: fc.constantFrom('length', 'chunked', 'close'),
    chunk: fc.constantFrom(1, 7, 100, 100_000),
    damages: fc.oneof({ arbitrary: fc.constant([]), weight: 2 }, fc.array(fc.record({ kind: fc.constantFrom('change', 'insert', 'remove', 'double'), at: part, byte }), { minLength: 1, maxLength: 3 })),
    cut: fc.option(part, { nil: undefined, freq: 3 }),
    ending: fc.constantFrom('fin', 'fin', 'reset'),
    writes: fc.array(part, { maxLength: 6 }),
  })
  .map(({ cut, ...rest }) => ({ ...rest, ...(cut !== undefined && { cut }) }));

/** So many cases of a seed. */
export function casesOf(seed: number, count: number): readonly FuzzCase[] {
  return fc.sample(cases, { seed, numRuns: count }).map((one, at) => ({ id: `c${at}`, ...one }));
}

/** The bytes that a case sends, and what is true of them. */
export interface WireBytes {
  readonly writes: readonly Buffer[];
  /** What a right verdict on the call is; undefined where the bytes do not decide it. */
  readonly failed: boolean | undefined;
}

/** Puts a case on the wire. */
export function wireOf(fuzz: FuzzCase, answers: ReadonlyMap<string, RecordedAnswer>): WireBytes {
  const answer = answers.get(keyOf(fuzz.client, fuzz.answer));
  if (answer === undefined) throw new Error(`${fuzz.client} has no ${fuzz.answer}`);
  const head = Buffer.from(`HTTP/1.1 ${answer.status} ${answer.reason}\r\n${headersOf(fuzz, answer).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`, 'latin1');
  const { bytes: body, bodyBytesAt } = framed(fuzz, answer.body);
  const healthy = Buffer.concat([head, body]);
  const damaged = fuzz.damages.reduce(damage, healthy);
  const end = fuzz.cut === undefined ? damaged.length : Math.floor(fuzz.cut * damaged.length);
  const stops = [...fuzz.writes.map((place) => Math.floor(place * end)), end].toSorted((a, b) => a - b);
  return {
    writes: stops.map((stop, at) => damaged.subarray(stops[at - 1] ?? 0, stop)).filter(({ length }) => length > 0),
    failed: fuzz.damages.length > 0 || fuzz.client === 'fetch, broken off' ? undefined : truth(fuzz, answer, end - head.length, healthy.length - head.length, bodyBytesAt),
  };
}

/** @param sent so many bytes of the framed body were sent; below zero the head is not whole */
function truth(fuzz: FuzzCase, answer: RecordedAnswer, sent: number, framedLength: number, bodyBytesAt: (sent: number) => number): boolean | undefined {
  const { failed = true } = ANSWERS[fuzz.answer] ?? {};
  if (sent < 0 || failed) return true;
  // A reset behind the last byte may overtake it.
  if (sent === framedLength) return fuzz.ending === 'reset' ? undefined : false;
  if (answer.endsAt !== undefined) return bodyBytesAt(sent) < answer.endsAt;
  const isStream = answer.headers.some(([name, value]) => name.toLowerCase() === 'content-type' && value.startsWith('text/event-stream'));
  // How much of a compressed stream comes out, its cut does not tell; and a close delimits what lacks nothing.
  return isStream || bodyBytesAt(sent) === answer.body.length ? undefined : true;
}

function headersOf(fuzz: FuzzCase, { headers, body }: RecordedAnswer): readonly (readonly [string, string])[] {
  const framing = { length: ['content-length', String(body.length)], chunked: ['transfer-encoding', 'chunked'], close: undefined } as const;
  const own = framing[fuzz.framing];
  return [...headers, ...(own === undefined ? [] : [own]), ['connection', 'close']];
}

function framed({ framing, chunk }: FuzzCase, body: Buffer): { readonly bytes: Buffer; readonly bodyBytesAt: (sent: number) => number } {
  if (framing !== 'chunked') return { bytes: body, bodyBytesAt: (sent) => sent };
  const parts: Buffer[] = [];
  /** For each framed byte, how much of the body has come with it. */
  const progress: number[] = [0];
  let come = 0;
  const put = (bytes: Buffer, counts: boolean): void => {
    parts.push(bytes);
    for (let at = 0; at < bytes.length; at++) progress.push(counts ? ++come : come);
  };
  for (let at = 0; at < body.length; at += chunk) {
    const piece = body.subarray(at, at + chunk);
    put(Buffer.from(`${piece.length.toString(16)}\r\n`), false);
    put(piece, true);
    put(Buffer.from('\r\n'), false);
  }
  put(Buffer.from('0\r\n\r\n'), false);
  return { bytes: Buffer.concat(parts), bodyBytesAt: (sent) => progress[sent] ?? come };
}

const DAMAGES: Readonly<Record<Damage['kind'], (before: Buffer, after: Buffer, put: number) => readonly Buffer[]>> = {
  change: (before, after, put) => [before, Buffer.of(put), after.subarray(1)],
  insert: (before, after, put) => [before, Buffer.of(put), after],
  remove: (before, after) => [before, after.subarray(1)],
  double: (before, after) => [before, before.subarray(-30), after],
};

function damage(bytes: Buffer, { kind, at, byte: put }: Damage): Buffer {
  const place = Math.floor(at * bytes.length);
  return Buffer.concat(DAMAGES[kind](bytes.subarray(0, place), bytes.subarray(place), put));
}
