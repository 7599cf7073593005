import { announce } from '../../guard.ts';
import { withoutCredentials } from '../credentials.ts';

/** What stands for every value past the cap; OpenTelemetry's word for it. */
export const OTHER = '_OTHER';

/** Longer values than any model or host has would bloat every series of theirs. */
const LONGEST = 256;

/** The values that one attribute has had, so that what comes from outside cannot make ever more series. */
export class LabelValues {
  readonly #known = new Set<string>();
  readonly #attribute: string;

  /** @param attribute its name, for the announcement */
  constructor(attribute: string) {
    this.#attribute = attribute;
  }

  /** The value as a label: itself (a credential that someone gave for a model is redacted) while fewer than `most` others came before it, else {@link OTHER}. */
  of(given: string, most: number): string {
    if (this.#known.has(given)) return given;
    const value = withoutCredentials(given);
    if (this.#known.has(value)) return value;
    if (value.length <= LONGEST && this.#known.size < most) {
      this.#known.add(value);
      return value;
    }
    announce(`labels:${this.#attribute}`, `Metrics tell at most ${most} values of ${this.#attribute} apart, of at most ${LONGEST} characters; all others are counted as ${OTHER} (limit labelValues). Spans are not concerned.`);
    return OTHER;
  }
}
