import { existsSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { casesOf, type FuzzCase, wireOf } from './case.ts';
import { recordAnswers, type RecordedAnswer } from './corpus.ts';
import type { ExportedSpan, Report } from './job.ts';
import { runApplication } from './run.ts';

/** `OUTSPAN_FUZZ_SEED`, `OUTSPAN_FUZZ_RUNS`: as in the fuzz of the core; a multiple of the calls of the short form. */
const SEED = Number(process.env['OUTSPAN_FUZZ_SEED'] ?? 20_260_805);
const TIMES = Number(process.env['OUTSPAN_FUZZ_RUNS'] ?? 1);
const CASES = 400;

const cases = casesOf(SEED, CASES * TIMES);
/** How often cases that differ are run again, each time with more time between the bytes and the end: how far a client has read when a connection or a coding breaks is chance. */
const AGAIN = [3, 6, 12] as const;

let answers: ReadonlyMap<string, RecordedAnswer>;
let traced: Report;
let untraced: Report;
/** Cases of which nothing that was seen without Outspan was ever seen with it. */
let differing: readonly string[];
/** Cases judged against their bytes, every time. */
let misjudged: readonly string[];
let judged = 0;

beforeAll(async () => {
  answers = await recordAnswers();
  traced = await runApplication(true, cases, answers, 1);
  untraced = await runApplication(false, cases, answers, 1);
  const [seen, seenWithout] = [outcomesOf(traced), outcomesOf(untraced)];
  differing = cases.map(({ id }) => id).filter((id) => areApart(seen.get(id), seenWithout.get(id)));
  misjudged = misjudgementsOf(cases, traced);
  judged = cases.filter((one) => wireOf(one, answers).failed !== undefined).length;
  for (const settle of AGAIN) {
    const some = cases.filter(({ id }) => differing.includes(id) || misjudged.includes(id));
    if (some.length === 0) break;
    const [again, without] = [await runApplication(true, some, answers, settle), await runApplication(false, some, answers, settle)];
    for (const { id } of some) {
      seen.get(id)?.add(JSON.stringify(again.seen[id]));
      seenWithout.get(id)?.add(JSON.stringify(without.seen[id]));
    }
    differing = differing.filter((id) => areApart(seen.get(id), seenWithout.get(id)));
    const wrong = misjudgementsOf(some, again);
    misjudged = misjudged.filter((id) => wrong.includes(id));
  }
});

/** What the application saw of each case, once so far. */
function outcomesOf({ seen }: Report): ReadonlyMap<string, Set<string>> {
  return new Map(Object.entries(seen).map(([id, outcome]) => [id, new Set([JSON.stringify(outcome)])]));
}

function areApart(one: ReadonlySet<string> = new Set(), other: ReadonlySet<string> = new Set()): boolean {
  return ![...one].some((outcome) => other.has(outcome));
}

/** The spans of each case: its trace. */
const traces = new WeakMap<readonly ExportedSpan[], ReadonlyMap<unknown, readonly ExportedSpan[]>>();

function traceOf(id: string, spans: readonly ExportedSpan[]): readonly ExportedSpan[] {
  let byCase = traces.get(spans);
  if (byCase === undefined) {
    const byTrace = Map.groupBy(spans, ({ traceId }) => traceId);
    byCase = new Map([...byTrace.values()].map((trace) => [trace.find(({ attributes }) => 'case' in attributes)?.attributes['case'], trace]));
    traces.set(spans, byCase);
  }
  return byCase.get(id) ?? [];
}

function operationsOf(id: string, spans: readonly ExportedSpan[]): readonly ExportedSpan[] {
  return traceOf(id, spans).filter(({ attributes }) => 'gen_ai.operation.name' in attributes);
}

/** The one attempt has to be judged as the bytes say, and so has the call; but on a span of the SDK's own the SDK has the word, and it fails a call whose connection breaks behind its last event. */
function misjudgementsOf(some: readonly FuzzCase[], { spans = [] }: Report): readonly string[] {
  return some
    .filter((one) => {
      const { failed } = wireOf(one, answers);
      if (failed === undefined) return false;
      const [operation] = operationsOf(one.id, spans);
      const attempts = traceOf(one.id, spans).filter(({ attributes }) => 'outspan.attempt.number' in attributes);
      const told = operation?.attributes['outspan.operation.boundary'] === 'native' ? attempts : [...attempts, operation];
      return attempts.length !== 1 || told.some((span) => span?.failed !== failed);
    })
    .map(({ id }) => id);
}

/** What is printed of cases that went wrong: enough to run them again. */
function told(ids: readonly string[]): readonly unknown[] {
  return ids.slice(0, 5).map((id) => ({ ...cases.find((one) => one.id === id), traced: traced.seen[id], untraced: untraced.seen[id], operation: operationsOf(id, traced.spans ?? []) }));
}

const PROPERTIES: readonly { readonly tried: string; readonly result: string; readonly times: () => number; readonly holds: () => void }[] = [
  {
    tried: 'Real answers of the fault provider over raw sockets, cut, damaged, re-framed and split at random bytes, to the OpenAI and Anthropic SDKs and to fetch, in a process with Outspan and in one without',
    result: 'The same values, errors and endings in both.',
    times: () => cases.length,
    holds() {
      expect(Object.keys(traced.seen)).toHaveLength(cases.length);
      expect(told(differing)).toEqual([]);
    },
  },
  {
    tried: 'The same calls: spans started, ended and exported',
    result: 'As many ended as started, each exported once, one operation a call; nothing unhandled, no step of telemetry failed.',
    times: () => cases.length,
    holds() {
      const { spans = [], started, ended, diagnostics = [] } = traced;
      expect([ended, spans.length, new Set(spans.map(({ spanId }) => spanId)).size]).toEqual([started, started, started]);
      expect(told(cases.filter(({ id }) => operationsOf(id, spans).length !== 1).map(({ id }) => id))).toEqual([]);
      expect([traced.unhandled, untraced.unhandled]).toEqual([[], []]);
      expect(diagnostics.filter((line) => line.includes('failed'))).toEqual([]);
    },
  },
  {
    tried: 'Those of the calls whose bytes decide whether the answer was whole: healthy bytes, cut or not',
    result: 'Judged as the bytes say, every one.',
    times: () => judged,
    holds() {
      expect(judged).toBeGreaterThan(cases.length / 4);
      expect(told(misjudged)).toEqual([]);
    },
  },
];

describe(`calls over raw sockets (seed ${SEED}, ${CASES * TIMES} calls)`, () => {
  const held = new Set<string>();

  it.each(PROPERTIES.map(({ tried, holds }) => [tried, holds] as const))('%s', (tried, holds) => {
    holds();
    expect(held.add(tried)).toContain(tried);
  });

  afterAll(() => {
    const folder = new URL('../../safety/rows/', import.meta.url);
    if (process.env['OUTSPAN_UPDATE_SAFETY'] !== '1' || !existsSync(folder)) return;
    const command = `${TIMES === 1 ? '' : `OUTSPAN_FUZZ_SEED=${SEED} OUTSPAN_FUZZ_RUNS=${TIMES} `}npx vitest run --project fuzz`;
    const rows = PROPERTIES.map(({ tried, result, times }) => ({ area: 'Fuzz', tried, times: times(), result: held.has(tried) ? result : 'Does not hold.', holds: held.has(tried), command }));
    writeFileSync(new URL('fuzz-sockets.json', folder), `${JSON.stringify(rows, undefined, 2)}\n`);
  });
});
