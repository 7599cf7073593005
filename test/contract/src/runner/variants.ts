import { type Cell, CELLS, covering } from '../cells/cell.ts';
import { isObservable } from '../drivers/driver.ts';
import { NODE_VERSIONS } from './places.ts';
import type { Variant } from './prove.ts';

/** Everything that is proven by `npm run truth`: each Node release with both module forms, with no module hook, and with clients observed by hand. */
export const VARIANTS: readonly Variant[] = NODE_VERSIONS.flatMap((node): readonly Variant[] => [
  { node, form: 'esm', tracing: 'hooked', rooted: true },
  { node, form: 'cjs', tracing: 'hooked', rooted: true },
  { node, form: 'esm', tracing: 'hookless', rooted: true },
  { node, form: 'esm', tracing: 'observed', rooted: true },
]);

/** The cells of a variant: frameworks bring clients of their own, which nobody can observe by hand. */
export function cellsOf({ tracing }: Variant, cells: readonly Cell[]): readonly Cell[] {
  return tracing === 'observed' ? cells.filter(({ driver }) => isObservable(driver.library)) : cells;
}

/** One cell in so many: coprime to what faults and drivers come in, so that the choices differ. */
const COVERING_SHARE = 23;

/** What `npm test` proves: all of it once, and of the rest a choice in which every driver and every fault occurs. */
export const TESTED: readonly { readonly variant: Variant; readonly cells: readonly Cell[] }[] = [
  { variant: { node: '24', form: 'esm', tracing: 'hooked', rooted: true }, cells: CELLS },
  ...(
    [
      { node: '24', form: 'cjs', tracing: 'hooked', rooted: true },
      { node: '24', form: 'esm', tracing: 'hookless', rooted: true },
      { node: '24', form: 'esm', tracing: 'hooked', rooted: false },
      { node: '22', form: 'esm', tracing: 'hooked', rooted: true },
      { node: '22', form: 'cjs', tracing: 'hooked', rooted: true },
      { node: '22', form: 'cjs', tracing: 'hookless', rooted: true },
      { node: '26', form: 'esm', tracing: 'hooked', rooted: true },
      { node: '26', form: 'cjs', tracing: 'hooked', rooted: true },
      { node: '26', form: 'esm', tracing: 'hookless', rooted: false },
      { node: '24', form: 'esm', tracing: 'observed', rooted: true },
      { node: '22', form: 'cjs', tracing: 'observed', rooted: true },
    ] as const
  ).map((variant, i) => ({ variant, cells: covering(cellsOf(variant, CELLS), COVERING_SHARE, i) })),
];
