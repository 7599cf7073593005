import type { Maintenance, Model, Where } from '../model/model.ts';
import { group, join, quoted, type Expr } from './promql.ts';

/**
 * An expression without what stands for one of these.
 *
 * @param parts labels that all series of the expression may have, and when they are left out; absent: always
 */
export function without(expr: Expr, parts: readonly { readonly where: Where; readonly when?: Expr }[]): Expr {
  return parts.reduce((rest, { where, when }) => {
    const labels = Object.keys(where);
    if (labels.length === 0) return when === undefined ? rest : join(`unless on ()`, rest, group(when));
    const meant = group(join('or', ...elementsOf(where)));
    return join(`unless on (${labels.join(', ')})`, rest, group(when === undefined ? meant : join('and on ()', meant, when)));
  }, expr);
}

/** One element for each combination of values. */
function elementsOf(where: Where): readonly Expr[] {
  return Object.entries(where).reduce<readonly Expr[]>(
    (elements, [label, values]) => elements.flatMap((element) => values.map((value) => `label_replace(${element}, "${label}", ${quoted(value.replaceAll('$', '$$$$'))}, "", "")`)),
    ['vector(1)'],
  );
}

/**
 * Whether it is the time of a maintenance.
 *
 * @param shift how many seconds ago that is asked for
 * @param outlasting seconds for which it counts as going on after its end
 */
export function duringMaintenance({ during }: Maintenance, shift: number, outlasting = 0): Expr {
  if (!('days' in during)) return group(`vector(time() - ${shift}) >= ${during.from} < ${during.to + outlasting}`);
  const at = `vector(time() - ${shift})`;
  const minute = `hour(${at}) * 60 + minute(${at})`;
  const days = during.days.map((day) => `day_of_week(${at}) == ${day}`).join(' or ');
  return group(join('and on ()', group(`${minute} >= ${during.from} < ${during.to + Math.ceil(outlasting / 60)}`), group(days)));
}

/** Planned maintenance as parts of what is counted in tiles, which are as old as the samples that they wait for. */
export function maintenanceOf({ maintenance, ingestionDelay }: Model): readonly { readonly where: Where; readonly when: Expr }[] {
  return maintenance.map((each) => ({ where: each.where, when: duringMaintenance(each, ingestionDelay) }));
}
