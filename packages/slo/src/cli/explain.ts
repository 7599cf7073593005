import { alertsOf, ALERTS, type AlertKind } from '../alerts/catalogue.ts';
import { burnRates, sloWindow } from '../alerts/burn-rate.ts';
import { FAULTS } from '../alerts/faults.ts';
import { policiesOf } from '../alerts/severity.ts';
import { describeSli } from '../model/describe.ts';
import { durationInWords } from '../model/duration.ts';
import type { Model, Slo, Where } from '../model/model.ts';
import { didYouMean } from '../model/near-miss.ts';
import { percentage } from '../model/share.ts';
import { promDuration } from '../prometheus/series.ts';
import { runbooksOf } from '../runbooks/runbooks.ts';
import { ArgumentError, type Arguments, MODEL_FILE } from './arguments.ts';
import type { Console } from './console.ts';
import { loadModel } from './load-model.ts';

/** `outspan-slo explain` */
export async function explain(given: Arguments & { readonly command: 'explain' }, console: Console): Promise<void> {
  const { model, file } = await loadModel(given, console);
  for (const line of given.topic === undefined ? overview(model, file) : topicInWords(given.topic, model)) console.out(line);
}

function overview(model: Model, file: string | undefined): readonly string[] {
  const left = alertsOf(model);
  return [
    `${file ?? `The defaults (there is no ${MODEL_FILE})`}: ${model.slos.length} SLOs, counted from ${model.source} every ${promDuration(model.interval)}.`,
    'Cancelled operations never count: neither as good nor as bad.',
    '',
    ...model.slos.flatMap((slo) => [...sloInWords(slo, model), '']),
    'Alerts beside those of the budgets (outspan-slo explain NAME says more):',
    ...left.filter(({ labels }) => labels !== 'slo').map(({ name, severity, title }) => `  ${name.padEnd(WIDTH)}  ${severity.padEnd(6)}  ${title}`),
    ...(model.alerts.disabled.length > 0 ? [`Turned off: ${model.alerts.disabled.join(', ')}.`] : []),
  ];
}

const WIDTH = Math.max(...ALERTS.map(({ name }) => name.length));

/** @throws ArgumentError */
function topicInWords(topic: string, model: Model): readonly string[] {
  const slo = model.slos.find(({ name }) => name === topic);
  if (slo !== undefined) return sloInWords(slo, model);
  const alert = ALERTS.find(({ name }) => name === topic);
  if (alert !== undefined) return alertInWords(alert, model);
  const known = [...model.slos, ...ALERTS].map(({ name }) => name);
  throw new ArgumentError(`explain ${topic}: there is no SLO and no alert of that name${didYouMean(topic, known) || `; there is ${known.join(', ')}`}`);
}

function sloInWords(slo: Slo, model: Model): readonly string[] {
  const { valid, bad, leftOut, unit } = describeSli(slo.sli);
  const budget = 1 - slo.objective;
  const window = sloWindow(slo, model);
  return [
    `${slo.name}: ${percentage(slo.objective)} over ${durationInWords(window)}`,
    `  ${slo.description}.`,
    `  Counts:  ${valid}.`,
    `  Bad:     ${bad}.`,
    ...(leftOut === undefined ? [] : [`  Not:     ${leftOut}.`]),
    ...(Object.keys(slo.where).length > 0 ? [`  Where:   ${whereInWords(slo.where)}.`] : []),
    ...(slo.except ?? []).map((part) => `  Except:  ${whereInWords(part)}.`),
    `  Budget:  ${percentage(budget)} of ${durationInWords(window)}: one bad ${unit} in ${Number((1 / budget).toPrecision(3))}; with even traffic, ${durationInWords(budget * window)} of nothing but bad ones. ${slo.by.length > 0 ? `One for each ${listed(slo.by)}` : 'One for everything'}.`,
    ...burnsInWords(slo, model),
  ];
}

function whereInWords(where: Where): string {
  return Object.entries(where).map(([label, values]) => `${label} is ${values.map((value) => JSON.stringify(value)).join(' or ')}`).join(', and ');
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function burnsInWords(slo: Slo, model: Model): readonly string[] {
  const rates = burnRates(slo, model);
  const shortest = Math.min(...rates.filter(({ severity }) => severity === 'page').map(({ short }) => short));
  const burns = rates.flatMap((burn) => {
    const alert = alertsOf(model).find(({ name }) => name === BURN_ALERTS[burn.severity]);
    const share = percentage(burn.threshold);
    return alert === undefined ? [] : [`  Alert:   ${alert.name} (${alert.severity}) at ${share} bad or more, ${burn.factor} times what the budget allows, within ${promDuration(burn.long)} and still within the last ${promDuration(burn.short)}${burn.severity === 'page' && burn.short > shortest ? `, the last ${promDuration(shortest)} included` : ''}: ${percentage(burn.budgetShare)} of the budget gone.`];
  });
  return burns.length === 0 ? ['  Alert:   none.'] : [...burns, `           Each takes at least ${model.alerts.minimumBadEvents} bad ones within its longer window.`];
}

const BURN_ALERTS: Readonly<Record<'page' | 'ticket', AlertKind['name']>> = { page: 'OutspanErrorBudgetBurn', ticket: 'OutspanErrorBudgetBurnSlow' };

function alertInWords(alert: AlertKind, model: Model): readonly string[] {
  const given = alertsOf(model).find(({ name }) => name === alert.name);
  const { says, saysNot } = runbooksOf(model)[alert.name];
  return [
    `${alert.name}: ${alert.title}.`,
    `  Says:      ${says}`,
    `  Says not:  ${saysNot}`,
    `  Severity:  ${given === undefined ? 'turned off in this model' : given.severity}.`,
    ...(given === undefined || given.labels === 'slo' ? [] : policiesOf(model, given, given.labels)).map(({ severity, where }) => `             ${severity} where ${whereInWords(where)}.`),
    `  Whose:     ${FAULTS[alert.fault].title}. ${FAULTS[alert.fault].move}`,
    `  Runbook:   ${model.links.runbooks}/${alert.name}.md`,
  ];
}
