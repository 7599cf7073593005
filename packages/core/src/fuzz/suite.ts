import { afterAll, describe, expect, it } from 'vitest';
import { type Property, prove, SEED, TIMES, writeRows } from './property.ts';

/** Makes a suite of properties, one test each, and of what they found the rows of `docs/safety.md`. */
export function suiteOf(name: string, area: string, properties: readonly Property[]): void {
  const times = new Map<Property, number>();
  describe(`${name} (seed ${SEED}, ${TIMES}×)`, () => {
    it.each(properties.map((property) => [property.tried, property] as const))('%s', { timeout: 180_000 * Math.max(1, TIMES) }, (_, property) => {
      times.set(property, prove(property));
      expect(times.get(property)).toBeGreaterThanOrEqual(property.runs * TIMES);
    });
    afterAll(() => {
      const long = TIMES === 1 ? '' : `OUTSPAN_FUZZ_SEED=${SEED} OUTSPAN_FUZZ_RUNS=${TIMES} `;
      writeRows(name, area, `${long}npx vitest run --project unit packages/core/src/fuzz/${name}.test.ts`, properties.map((property) => ({ ...property, times: times.get(property) })));
    });
  });
}
