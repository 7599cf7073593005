import type { Model, Severity, Slo } from '../model/model.ts';
import { group, is, join, series } from '../prometheus/promql.ts';
import { errorRatioSeries, LABEL, promDuration, SLO_SERIES } from '../prometheus/series.ts';
import type { Alert } from './alert.ts';
import { burnRates } from './burn-rate.ts';
import type { AlertName } from './catalogue.ts';
import { allOf } from './recent.ts';
import { titleOf } from './label-titles.ts';
import { literal, VALUE } from './template.ts';

const NAMES: Readonly<Record<Severity, AlertName>> = { page: 'OutspanErrorBudgetBurn', ticket: 'OutspanErrorBudgetBurnSlow' };

/** For each SLO: its budget burns too fast, over a long window and still over a short one. */
export function errorBudgetAlerts(model: Model): readonly Alert[] {
  return model.slos.flatMap((slo) => (['page', 'ticket'] as const).filter((severity) => slo.alerts[severity]).map((severity) => errorBudgetAlert(model, slo, severity)));
}

function errorBudgetAlert(model: Model, slo: Slo, severity: Severity): Alert {
  const rates = burnRates(slo, model).filter((rate) => rate.severity === severity);
  const budget = Number((1 - slo.objective).toPrecision(12));
  const of = is(LABEL.slo, slo.name);
  const ratio = (window: number): string => series(errorRatioSeries(window), of);
  const shortest = rates.reduce((least, { short }) => Math.min(least, short), Infinity);
  const conditions = rates.map(({ long, short, threshold }) => {
    // A cause ends some minutes after what it saw. A page for what a longer short window still remembers would come after all.
    const windows = severity === 'page' ? [long, short, shortest] : [long, short];
    return allOf(...[...new Set(windows)].map((window) => `${ratio(window)} > ${threshold}`), `sum_over_time(${series(SLO_SERIES.bad, of)}[${promDuration(long)}]) >= ${model.alerts.minimumBadEvents}`);
  });
  const whose = slo.by.map((label) => `{{ with $labels.${label} }}, ${titleOf(label).toLowerCase()} {{ printf "%.100q" . }}{{ end }}`).join('');
  return {
    name: NAMES[severity],
    slo: slo.name,
    expr: `${group(join('or', ...conditions))} / ${budget}`,
    // The windows themselves see to it that it is no blip, and that it ends soon after its cause.
    hold: 0,
    linger: 0,
    summary: `The error budget of "${literal(slo.name)}" burns ${VALUE.number} times too fast${whose}`,
    description: `Promised: ${literal(slo.description)}: ${Number((slo.objective * 100).toPrecision(10))}% over ${promDuration(slo.window)}.`,
    query: (...matchers) => series(errorRatioSeries(shortest), of, ...matchers),
    narrowedBy: slo.by,
    dashboard: 'overview',
    traces: slo.sli.kind === 'availability' || slo.sli.kind === 'integrity' ? 'failed' : 'all',
  };
}
