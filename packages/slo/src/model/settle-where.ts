import { LABEL } from '../prometheus/series.ts';
import type { WhereEntry } from './file.ts';
import { type Path, shown } from './finding.ts';
import { labelOf, meantAlias, whyNotLabel } from './label.ts';
import type { SliKind, Source, Where } from './model.ts';
import type { Reporter } from './settle.ts';

/** What labels have to fit. */
export interface WhereContext {
  readonly source: Source;
  readonly reporter: Reporter;
}

const LONGEST_VALUE = 1024;

/**
 * Settles a map of labels to values.
 * @param kind of the SLO that filters by it, if one does
 */
export function settleWhere(where: WhereEntry, path: Path, kind: SliKind | undefined, context: WhereContext): Where {
  const { problem } = context.reporter;
  const settled = new Map<string, readonly string[]>();
  for (const [reference, given] of Object.entries(where)) {
    const at = [...path, reference];
    const label = settleLabel(reference, at, 'key', kind, context);
    if (settled.has(label)) problem(at, `${shown(reference)} is there twice`, 'key');
    const values = typeof given === 'string' ? [given] : given;
    for (const [index, value] of values.entries()) {
      const place = typeof given === 'string' ? at : [...at, index];
      if (/[\p{Cc}\p{Cs}]/u.test(value)) problem(place, `${shown(value)} has control characters, which no label value that is meant has`);
      const bytes = Buffer.byteLength(value);
      if (bytes > LONGEST_VALUE) problem(place, `this label value has ${bytes} bytes; there may be ${LONGEST_VALUE}`);
    }
    settled.set(label, [...new Set(values)].sort());
  }
  return Object.fromEntries([...settled].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Settles one label, which may be an alias. */
export function settleLabel(reference: string, path: Path, part: 'key' | 'value', kind: SliKind | undefined, { source, reporter: { problem, warning } }: WhereContext): string {
  const label = labelOf(reference);
  const why = whyNotLabel(label);
  const meant = meantAlias(reference);
  if (why !== undefined) problem(path, why, part);
  else if (kind !== undefined && ABSENT[source][kind]?.includes(label) === true) warning(path, `what the sli ${kind} counts has no label ${label} with the source ${source}`, part);
  else if (meant !== undefined) warning(path, `${shown(reference)} is taken for a label of yours; did you mean '${meant}'?`, part);
  return label;
}

/** Labels of the calls' metrics that what an SLI counts does not have. */
const ABSENT: Readonly<Record<Source, Readonly<Partial<Record<SliKind, readonly string[]>>>>> = {
  metrics: {
    availability: [LABEL.servedModel],
    integrity: [LABEL.servedModel],
    retries: [LABEL.servedModel],
    headroom: [LABEL.servedModel, LABEL.operation],
  },
  span_metrics: {
    headroom: [LABEL.servedModel, LABEL.operation, LABEL.provider, LABEL.model],
  },
};
