import { brief, type Difference } from './difference.ts';

/** Something about a cell that is not as it has to be. */
export interface Finding extends Difference {
  /** `application`: it can tell that it is traced. `telemetry`: a span says what is not true. */
  readonly about: 'application' | 'telemetry';
}

/** One line. */
export function findingText({ about, path, expected, got }: Finding): string {
  return `${about === 'application' ? 'traced ≠ untraced' : 'span'} ${path}: expected ${brief(expected)}, got ${brief(got)}`;
}
