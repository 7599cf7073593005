import type { DialectId } from '@outspan/core';
import { FAULTS } from './catalogue.ts';
import { appliesTo, type Cell, DIALECTS, DOCUMENTS, type Fault, FINISHING, MODES, NOT_BEDROCK, STREAMLESS, type Truth } from './fault.ts';

/** Every place where a fault can be met. */
export function cellsOf(fault: Fault): readonly Pick<Cell, 'dialect' | 'mode' | 'structured'>[] {
  const { structured } = fault.applies;
  return DIALECTS.flatMap((dialect) => MODES.map((mode) => ({ dialect, mode, ...(structured && { structured }) }))).filter((cell) => appliesTo(fault, cell));
}

/** A verdict in a few words: `bad_gateway · gateway · retryable`. */
export function verdictInWords(truth: Truth): string {
  const kinds = truth.truncation?.join(' + ');
  if (!truth.failed) return kinds === undefined ? 'no failure' : `no failure (${kinds})`;
  return [truth.class, truth.origin, truth.retryable === true ? 'retryable' : 'final', kinds].filter((word) => word !== undefined).join(' · ');
}

/** The verdicts of a fault, each with the dialects and modes where it holds when it is not the same everywhere. */
export function verdictsInWords(fault: Fault): readonly string[] {
  const places = new Map<string, string[]>();
  for (const cell of cellsOf(fault)) {
    const words = verdictInWords(fault.truth(cell));
    places.set(words, [...(places.get(words) ?? []), cell.dialect]);
  }
  return places.size === 1 ? [...places.keys()] : [...places].map(([words, dialects]) => `${words} (${[...new Set(dialects)].join(', ')})`);
}

/** Dialects that go together. */
const GROUPS: readonly { readonly name: string; readonly members: readonly DialectId[] }[] = [
  { name: 'all', members: DIALECTS },
  { name: 'all but speech', members: DOCUMENTS },
  { name: 'all but Bedrock', members: NOT_BEDROCK },
  { name: 'all that have streams', members: DIALECTS.filter((dialect) => !STREAMLESS.includes(dialect)) },
  { name: 'all that generate text', members: FINISHING },
];

/** Where a fault can be met, in a few words. */
export function placesInWords(fault: Fault): string {
  const cells = cellsOf(fault);
  const dialects = [...new Set(cells.map(({ dialect }) => dialect))];
  const modes = [...new Set(cells.map(({ mode }) => mode))];
  const names = GROUPS.find(({ members }) => members.length === dialects.length && members.every((dialect) => dialects.includes(dialect)))?.name ?? dialects.join(', ');
  return modes.length === MODES.length ? names : `${names}; ${modes.join()}`;
}

/** The catalogue as a Markdown table. */
export function markdownTable(): string {
  const rows = FAULTS.map((fault) => {
    const names = [fault.id, ...fault.aliases].map((name) => `\`${name}\``).join(' ');
    return `| ${names} | ${fault.title} | ${placesInWords(fault)} | ${verdictsInWords(fault).join('<br>')} |`;
  });
  return ['| id and aliases | what it plays | where | verdict on one attempt |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
