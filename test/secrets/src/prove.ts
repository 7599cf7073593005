import type { Cell } from '@outspan/test-contract/cells/cell';
import { type Canaries, newCanaries } from './canaries.ts';
import { run, type Run } from './run.ts';
import type { Hit, Search } from './search.ts';
import type { Setting } from './setting.ts';

/** The runs of a setting, one for each application that its cells need, and the markers that were in them. */
export interface Runs {
  readonly setting: Setting;
  readonly canaries: Canaries;
  readonly runs: readonly Run[];
  readonly cells: number;
}

/** Runs cells, application by application. */
export async function runAll(setting: Setting, cells: readonly Cell[], canaries: Canaries = newCanaries()): Promise<Runs> {
  const runs = await Promise.all([...Map.groupBy(cells, ({ driver }) => driver.application).values()].map((members) => inTurn(() => run(setting, members, canaries))));
  return { setting, canaries, runs, cells: cells.length };
}

/** Processes at once. */
const AT_ONCE = 3;
let running = 0;
const waiting: (() => void)[] = [];

/** As most of a run is waiting, some share the machine. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}

/** Where to look. */
export interface Haystack {
  readonly where: string;
  readonly bytes: Buffer;
}

/** Everything that left the process: each export as sent and decompressed, with its head, and all that was printed. */
export function allThatLeft({ runs }: Runs): readonly Haystack[] {
  return runs.flatMap(({ exports, printed }) => [
    ...[...Map.groupBy(exports, ({ path }) => path)].flatMap(([path, members]) => [
      { where: path, bytes: Buffer.concat(members.map(({ body }) => body)) },
      { where: `${path}, as sent`, bytes: Buffer.concat(members.filter(({ body, sent }) => body !== sent).map(({ sent }) => sent)) },
      { where: `${path}, head`, bytes: Buffer.from(members.map(({ head }) => head).join('\n')) },
      // Texts within JSON, as they are meant.
      ...(members[0]?.body[0] === 0x7b ? [{ where: `${path}, texts`, bytes: Buffer.from(members.map(({ body }) => textsIn(body.toString())).join('\n')) }] : []),
    ]),
    { where: 'what was printed', bytes: printed },
  ]);
}

/** Every text of a JSON document. */
export function textsIn(json: string): string {
  const texts: string[] = [];
  JSON.parse(json, (_name, member: unknown) => {
    if (typeof member === 'string') texts.push(member);
    return member;
  });
  return texts.join('\n');
}

/** Each hit once by what and where, however often it is there. */
export function hitsIn(search: Search, haystacks: readonly Haystack[]): readonly Hit[] {
  const hits = haystacks.flatMap(({ where, bytes }) => search.in(where, bytes));
  return [...new Map(hits.map((hit) => [`${hit.place} ${hit.form} ${hit.where}`, hit])).values()];
}

/** Lines by which trace context goes along. */
const TRACE_CONTEXT = /\r\n(?:traceparent|tracestate|baggage):[^\r]*/gi;

/** What the provider received of each cell, as texts to be compared; without trace context where that may be sent. */
export function received({ runs }: Runs, options: { readonly traceContext: boolean }): ReadonlyMap<string, readonly string[]> {
  return new Map(
    runs.flatMap((run) =>
      [...run.received].map(([cell, requests]): [string, readonly string[]] => [
        cell,
        // Connections are in the order in which they were opened, and that is chance.
        requests.map((request) => steady(options.traceContext ? request.toString('latin1') : request.toString('latin1').replaceAll(TRACE_CONTEXT, ''))).toSorted(),
      ]),
    ),
  );
}

/** Anthropic's SDKs, Vertex's and Bedrock's among them, write the names of headers in lower case, and in another order, when they trace themselves. */
const ANTHROPIC = /anthropic[-_]version"?:/i;

function steady(request: string): string {
  const plain = CHANCE.reduce((text, { pattern, instead }) => text.replace(pattern, instead), request);
  if (!ANTHROPIC.test(plain)) return plain;
  const [head = '', ...body] = plain.split('\r\n\r\n');
  const [line, ...headers] = head.split('\r\n');
  return [line, ...headers.map((header) => header.replace(/^[^:]+/, (name) => name.toLowerCase())).toSorted(), '', ...body].join('\r\n');
}

/** What differs from run to run by itself. */
const CHANCE: readonly { readonly why: string; readonly pattern: RegExp; readonly instead: string }[] = [
  { why: "the provider's port and the session's id", pattern: /^(\S+) (?:http:\/\/[^/]+)?\/s\/[a-z0-9]+\//, instead: '$1 ' },
  { why: "the provider's port", pattern: /\r\nhost: [^\r]*/i, instead: '' },
  { why: 'how busy the machine is decides on retries', pattern: /\r\nx-stainless-retry-count: [^\r]*/i, instead: '' },
  { why: 'a redirect counts', pattern: /outspan-redirected=1/, instead: '' },
  { why: 'fetch draws the boundary of a form, which is in its body as well', pattern: /----formdata-undici-\d+/g, instead: '----formdata' },
  { why: "ids that AWS's and Azure's SDKs draw for each call", pattern: /\r\n((?:amz-sdk-invocation|x-ms-client-request)-id): [\da-f-]{36}/gi, instead: '\r\n$1: id' },
  { why: "AWS's date, by which a request is signed, and the time until which it may be answered", pattern: /\r\n(x-amz-date): \w+|\bttl=\w+/gi, instead: '\r\n$1' },
  { why: "AWS's signature: of the date, the id and the port; the names of the signed headers are of interest to it alone", pattern: /(\r\nauthorization: AWS4-HMAC-SHA256 )[^\r]*/gi, instead: '$1' },
];
