import type { Expr, Matcher } from '../prometheus/promql.ts';
import { STANDARD_LABELS } from '../prometheus/series.ts';

/** Asks Prometheus, from inside of a template, about what has the alert's own values of some labels. */
export class Questions {
  readonly #labels: readonly string[];

  /** @param labels of the alert */
  constructor(labels: readonly string[]) {
    this.#labels = labels;
  }

  /** Those about recorded operations, which have the standard labels only. */
  static ofOperations(labels: readonly string[]): Questions {
    return new Questions(labels.filter((label) => STANDARD_LABELS.includes(label)));
  }

  /** An action that gives the samples which answer `expr`. It must hold no backquote and no percent sign of its own. */
  query(expr: (...scope: readonly Matcher[]) => Expr): string {
    const text = expr(...this.#labels.map((label, at) => `${label}=%[${at + 1}]q`)).replaceAll(/\s+/g, ' ');
    return this.#labels.length === 0 ? `query \`${text}\`` : `query (printf \`${text}\` ${this.#labels.map((label) => `$labels.${label}`).join(' ')})`;
  }
}
