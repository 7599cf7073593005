import { sloWindow } from '../alerts/burn-rate.ts';
import { describeSli } from '../model/describe.ts';
import { durationInWords } from '../model/duration.ts';
import type { Maintenance, Model, Slo, Where } from '../model/model.ts';
import { DAYS } from '../model/schema.ts';
import { promDuration, SLO_SERIES } from '../prometheus/series.ts';
import { percent } from './figures.ts';
import { code, list, plain, table } from './markdown.ts';

/** Where the error-budget policy is among the generated files. */
export const BUDGET_POLICY = 'runbooks/error-budget-policy.md';

/** What is promised, what its budgets amount to, and what follows when one runs low: blocks of Markdown. */
export function budgetPolicy(model: Model): readonly string[] {
  return [
    '# Error-budget policy',
    'An error budget is what an SLO allows to go wrong. While there is some left, changes go out. When it runs low, this page says what follows.',
    '## Budgets',
    model.slos.length === 0 ? 'No SLOs are defined.' : table(['SLO', 'Good', 'Over', 'Budget', 'For each', 'Only'], model.slos.map((slo) => budget(slo, model))),
    'Time is that of nothing but bad events under even traffic. Cancelled operations never count.',
    '## What follows',
    table(['Left', 'What is done'], model.budgetPolicy.map(({ below, action }) => [below === 0 ? 'none' : `less than ${percent(below)}`, plain(action, 1000)])),
    'How much is left, the least first:',
    code('promql', `sort(${SLO_SERIES.budget})`),
    ...(model.maintenance.length === 0 ? [] : ['## Planned maintenance', 'It spends no budget, and raises no alert.', list(model.maintenance.map(maintenance))]),
  ];
}

function budget(slo: Slo, model: Model): readonly string[] {
  const share = 1 - slo.objective;
  const { unit } = describeSli(slo.sli);
  const window = sloWindow(slo, model);
  return [
    `\`${slo.name}\``,
    percent(slo.objective),
    promDuration(slo.window),
    `one bad ${unit} in ${Number((1 / share).toPrecision(3))}, or ${durationInWords(share * window)}`,
    slo.by.length === 0 ? 'all together' : slo.by.map((label) => `\`${label}\``).join(', '),
    [inWords(slo.where), ...(slo.except ?? []).map((where) => `not ${inWords(where)}`)].filter((text) => text !== '').join('; ') || 'everything',
  ];
}

function maintenance({ during, name, where }: Maintenance): string {
  const when = 'days' in during ? `${during.days.map((day) => DAYS[day]).join(', ')} ${clock(during.from)} to ${clock(during.to)} UTC` : `${moment(during.from)} to ${moment(during.to)}`;
  return `${plain(name)}: ${when}${Object.keys(where).length === 0 ? '' : `, ${inWords(where)}`}`;
}

function inWords(where: Where): string {
  return Object.entries(where).map(([label, values]) => `\`${label}\` ${values.map((value) => plain(value)).join(' or ')}`).join(', ');
}

function clock(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

function moment(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace(/:00\.000Z$/, 'Z').replace('T', ' ').replace('Z', ' UTC');
}
