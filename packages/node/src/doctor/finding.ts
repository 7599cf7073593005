/** Something that a check found. */
export interface Finding {
  /** The check's name, which stays: docs/doctor.md lists them. */
  readonly check: string;
  /**
   * `problem`: calls are not recorded as they could be, or telemetry does not arrive. `unknown`: that cannot be seen from here.
   * `note`: worth knowing.
   */
  readonly severity: 'problem' | 'unknown' | 'note';
  /** What was found. */
  readonly says: string;
  /** What to do. */
  readonly fix?: string;
}

/** A check: what it is called, and what it finds in facts of its kind. */
export interface Check<Facts> {
  readonly name: string;
  find(facts: Facts): readonly Omit<Finding, 'check'>[];
}

/** What a table of checks finds, in its order. */
export function findingsOf<Facts>(checks: readonly Check<Facts>[], facts: Facts): Finding[] {
  return checks.flatMap((check) => check.find(facts).map((finding) => ({ check: check.name, ...finding })));
}

/** Findings by how much they matter. */
export function sorted(findings: readonly Finding[]): Record<'problems' | 'unknown' | 'notes', readonly Omit<Finding, 'severity'>[]> {
  const of = (wanted: Finding['severity']): Omit<Finding, 'severity'>[] => findings.filter(({ severity }) => severity === wanted).map(({ severity: _, ...finding }) => finding);
  return { problems: of('problem'), unknown: of('unknown'), notes: of('note') };
}
