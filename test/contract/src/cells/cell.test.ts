import { FAULTS } from '@outspan/fault-provider';
import { describe, expect, it } from 'vitest';
import { DRIVERS } from '../drivers/catalogue.ts';
import { isObservable } from '../drivers/driver.ts';
import { EXCEPTIONS } from '../exceptions.ts';
import { cellsOf, TESTED } from '../runner/variants.ts';
import { CELLS } from './cell.ts';

describe('the cells', () => {
  it('have ids of their own', () => {
    expect(new Set(CELLS.map(({ id }) => id)).size).toBe(CELLS.length);
  });

  it('have every fault of the catalogue among them', () => {
    const met = new Set(CELLS.flatMap(({ script }) => script));
    expect(FAULTS.map(({ id }) => id).filter((id) => !met.has(id))).toEqual([]);
  });

  it('have every exception among them: one that nothing meets any more is out of date', () => {
    const unmet = EXCEPTIONS.filter(({ matches }) => !CELLS.some((cell) => matches(cell, 'hooked') || matches(cell, 'hookless')));
    expect(unmet.map(({ drivers, meets }) => `${drivers}: ${meets}`)).toEqual([]);
  });
});

describe('the cells that are tested', () => {
  it('are all of them in one variant', () => {
    expect(TESTED.filter(({ cells }) => cells.length === CELLS.length).length).toBe(1);
  });

  it('have every driver and every fault among them in every other variant', () => {
    for (const { variant, cells } of TESTED) {
      const drivers = DRIVERS.filter(({ library }) => variant.tracing !== 'observed' || isObservable(library));
      expect(new Set(cells.map(({ driver }) => driver.id)).size).toBe(drivers.length);
      const met = new Set(cells.flatMap(({ script }) => script));
      // Those that only frameworks meet, as they ask for structured output, are in no variant without them.
      const possible = new Set(cellsOf(variant, CELLS).flatMap(({ script }) => script));
      expect(FAULTS.map(({ id }) => id).filter((id) => possible.has(id) && !met.has(id))).toEqual([]);
    }
  });
});
