import { layOutApplications } from '@outspan/test-contract/runner/places';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newCanaries, type Place, PLACES, sortOf } from './canaries.ts';
import { cellsByDefault, cellsToPublic, cellsWithContent, type Form } from './cells.ts';
import { divide, type Divided } from './content.ts';
import { allThatLeft, type Haystack, hitsIn, received, runAll, type Runs } from './prove.ts';
import { type Looked, writeRows } from './rows.ts';
import { hitText, Search } from './search.ts';
import { BOUNDED, BY_DEFAULT, HOOKED, NARROW_BOUND, PUBLIC, PUBLIC_UNTRACED, UNTRACED, WITH_CONTENT } from './setting.ts';

const FORM: Form = process.env['OUTSPAN_SECRETS'] === 'all' ? 'long' : 'short';

const SECRETS: readonly Place[] = PLACES.filter((place) => sortOf(place) === 'secret');
const CONTENT: readonly Place[] = PLACES.filter((place) => sortOf(place) === 'content');
const NONE_BY_DEFAULT: readonly Place[] = [...SECRETS, ...CONTENT];

/** Content that every dialect captures. */
const CAPTURED: readonly Place[] = ['prompt', 'system', 'toolArguments', 'toolDescription', 'image', 'answer', 'answerArguments'];

/** Places of which nothing is on the wire: the process has them, or its HTTP client keeps them back. */
const NOT_SENT: ReadonlySet<Place> = new Set(['environment', 'argument', 'exporterHeader', 'urlUser', 'urlPassword', 'baggage', 'tracestate', 'proxyUser', 'proxyPassword']);

const looked: Looked[] = [];

/** Looks for markers in what a run left behind, keeps the figures, and tells what was found. */
function found(runs: Runs, what: string, places: readonly Place[], haystacks: readonly Haystack[] = allThatLeft(runs)): readonly string[] {
  const search = new Search(runs.canaries, places);
  const hits = hitsIn(search, haystacks);
  looked.push({ what, cells: runs.cells, places: places.length, bytes: search.bytes, hits: hits.length });
  return hits.map(hitText);
}

/** Places of which a run had markers on the wire, one way or the other. */
function onTheWire({ runs, canaries }: Runs): ReadonlySet<Place> {
  const wire = runs.flatMap((run) => [run.answered, ...[...run.received.values()].flat()]);
  return new Search(canaries).placesIn(Buffer.concat(wire));
}

beforeAll(layOutApplications);
afterAll(() => writeRows(FORM, looked));

describe('by default', () => {
  let traced: readonly Runs[];
  let untraced: Runs;

  beforeAll(async () => {
    const canaries = newCanaries();
    const all = BY_DEFAULT.map((setting, i) => runAll(setting, cellsByDefault(FORM, i), canaries));
    untraced = await runAll(UNTRACED, cellsByDefault(FORM, 0), canaries);
    traced = await Promise.all(all);
  });

  it.each(BY_DEFAULT.map(({ name }, i) => ({ name, i })))('no byte that is exported or printed holds a secret or content ($name)', ({ i }) => {
    const runs = traced[i];
    if (runs === undefined) throw new Error('it was not run');
    expect(found(runs, 'everything that is exported and printed by default', NONE_BY_DEFAULT)).toEqual([]);
  });

  it('traces, metrics and logs were exported, the tree and diagnostics printed', () => {
    for (const { runs } of traced) {
      expect(new Set(runs.flatMap(({ exports }) => exports.map(({ path }) => path)))).toEqual(new Set(['/v1/traces', '/v1/metrics', '/v1/logs']));
      for (const { printed } of runs) {
        expect(printed.includes('└─')).toBe(true);
        expect(printed.includes('[opentelemetry] debug:')).toBe(true);
      }
    }
  });

  it('every marker was where it could be taken from', () => {
    for (const runs of traced) {
      const sent = onTheWire(runs);
      expect(PLACES.filter((place) => !sent.has(place) && !NOT_SENT.has(place))).toEqual([]);
      for (const { exports } of runs.runs) expect(exports[0]?.authorization).toBe(`Bearer ${runs.canaries.exporterHeader}`);
    }
  });

  it('the provider receives the same bytes as without Outspan', () => {
    const [runs] = traced;
    if (runs === undefined) throw new Error('it was not run');
    expect(differencesBetween(runs, untraced, { traceContext: false })).toEqual([]);
  });
});

describe('to public providers', () => {
  let traced: Runs;
  let untraced: Runs;

  beforeAll(async () => {
    const canaries = newCanaries();
    const cells = cellsToPublic(FORM);
    [traced, untraced] = await Promise.all([runAll(PUBLIC, cells, canaries), runAll(PUBLIC_UNTRACED, cells, canaries)]);
  });

  it('no byte that is exported or printed holds a secret or content, the credentials of the proxy among them', () => {
    const tunnels = Buffer.concat(traced.runs.map((run) => run.tunnels)).toString();
    const { proxyUser, proxyPassword } = traced.canaries;
    expect(tunnels.includes(Buffer.from(`${proxyUser}:${proxyPassword}`).toString('base64'))).toBe(true);
    expect(found(traced, 'everything that is exported and printed when the calls go to public hosts through a proxy with a password', NONE_BY_DEFAULT)).toEqual([]);
  });

  it('no trace context and no baggage is sent', () => {
    const requests = traced.runs.flatMap((run) => [...run.received.values()].flat());
    expect(requests.length).toBeGreaterThan(traced.cells / 2);
    expect(found(traced, 'what public providers received, for baggage and trace state', ['baggage', 'tracestate'], [{ where: 'a request', bytes: Buffer.concat(requests) }])).toEqual([]);
    expect(requests.map((request) => request.toString('latin1')).filter((request) => /\r\n(?:traceparent|tracestate|baggage|b3|x-b3-\w+):/i.test(request))).toEqual([]);
  });

  it('the provider receives the same bytes as without Outspan', () => {
    expect(differencesBetween(traced, untraced, { traceContext: true })).toEqual([]);
  });
});

describe.each(WITH_CONTENT.map((setting, i) => ({ ...setting, i })))('$name', ({ i, ...setting }) => {
  let runs: Runs;
  let divided: readonly Divided[];

  beforeAll(async () => {
    runs = await runAll(setting, cellsWithContent(FORM, i));
    divided = dividedOf(runs);
  });

  it('content is in the content attributes alone', () => {
    expect(found(runs, 'everything but the content attributes, with content opted in', NONE_BY_DEFAULT, outsideContent(runs, divided))).toEqual([]);
  });

  it('content is all that is in them: no key, whatever text it is in', () => {
    expect(found(runs, 'the content attributes, with content opted in, for secrets', SECRETS, [contentOf(divided)])).toEqual([]);
  });

  it('content is there, and where it was asked for', () => {
    const kinds = new Set(divided.flatMap(({ content }) => content.map(({ on }) => on)));
    expect(kinds).toEqual(new Set({ SPAN_ONLY: ['span'], EVENT_ONLY: ['event'], SPAN_AND_EVENT: ['span', 'event'], NO_CONTENT: [] }[setting.content]));
    const captured = new Search(runs.canaries, CONTENT).placesIn(contentOf(divided).bytes);
    expect(CAPTURED.filter((place) => !captured.has(place))).toEqual([]);
  });

  it('content is bounded', () => {
    expect(Math.max(...divided.flatMap(({ content }) => content.map(({ bytes }) => bytes)))).toBeLessThanOrEqual(65_536);
  });
});

describe('with content and a redaction hook', () => {
  let runs: Runs;

  beforeAll(async () => {
    runs = await runAll(HOOKED, cellsWithContent(FORM, 3));
  });

  it('nothing gets out that the hook did not return', () => {
    expect(found(runs, 'everything that is exported and printed with content opted in and a hook that replaces all of it', NONE_BY_DEFAULT)).toEqual([]);
    const texts = new Set(dividedOf(runs).flatMap(({ content }) => content.map(({ value }) => value)));
    expect([...texts]).toEqual([JSON.stringify([{ role: 'redacted', parts: [{ type: 'text', content: 'HIDDEN' }] }])]);
  });

  it('the hook is given content, and no key', () => {
    const seen = [{ where: 'the hook', bytes: Buffer.concat(runs.runs.map(({ seenByHook }) => seenByHook)) }];
    expect(hitsIn(new Search(runs.canaries, CONTENT), seen).length).toBeGreaterThan(0);
    expect(found(runs, 'what the redaction hook is given, for secrets', SECRETS, seen)).toEqual([]);
  });
});

describe('with content in few bytes', () => {
  let runs: Runs;

  beforeAll(async () => {
    runs = await runAll(BOUNDED, cellsWithContent('short', 4));
  });

  it('no attribute is longer than limits.contentBytes', () => {
    const sizes = dividedOf(runs).flatMap(({ content }) => content.filter(({ on }) => on === 'span').map(({ bytes }) => bytes));
    expect(sizes.length).toBeGreaterThan(runs.cells / 2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(NARROW_BOUND);
    expect(found(runs, 'everything that is exported and printed with content in few bytes, for secrets', SECRETS)).toEqual([]);
  });
});

function dividedOf({ runs }: Runs): readonly Divided[] {
  return runs.flatMap(({ exports }) => exports.map(divide));
}

function contentOf(divided: readonly Divided[]): Haystack {
  return { where: 'content', bytes: Buffer.from(divided.flatMap(({ content }) => content.map(({ value }) => value)).join('\n')) };
}

/** Everything but the content attributes: exports without them, and what was printed. */
function outsideContent({ runs }: Runs, divided: readonly Divided[]): readonly Haystack[] {
  return [
    { where: 'an export', bytes: Buffer.from(divided.map(({ rest }) => rest).join('\n')) },
    ...runs.map(({ printed }) => ({ where: 'what was printed', bytes: printed })),
  ];
}

/** Cells whose calls are given up at a moment that is chance: how far a request came, and how many there were, differs by itself. */
const GIVEN_UP = /hang|stall|slow|abort|never_read|break/;

function differencesBetween(traced: Runs, untraced: Runs, options: { readonly traceContext: boolean }): readonly string[] {
  const without = received(untraced, options);
  const compared = [...received(traced, options)].filter(([cell]) => !GIVEN_UP.test(cell));
  if (compared.length < traced.cells / 2) return ['most cells were not compared'];
  return compared.flatMap(([cell, requests]) => differences(requests, without.get(cell) ?? []).map((difference) => `${cell}: ${difference}`));
}

function differences(requests: readonly string[], without: readonly string[]): readonly string[] {
  if (requests.length !== without.length) return [`${requests.length} requests, not ${without.length}`];
  return requests.flatMap((request, i) => {
    const [lines, others] = [request.split('\r\n'), (without[i] ?? '').split('\r\n')];
    const at = lines.findIndex((line, n) => line !== others[n]);
    return at < 0 && lines.length === others.length ? [] : [`${String(lines[at])} instead of ${String(others[at])}`];
  });
}
