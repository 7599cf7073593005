import { burnRates } from '../alerts/burn-rate.ts';
import type { Model, Severity, Slo } from '../model/model.ts';
import type { Generator } from '../outputs/output-file.ts';
import { indicator } from './expression.ts';
import { FIELDS } from './fields.ts';
import { QUERIES } from './queries.ts';
import { applyScript, readme } from './readme.ts';

/** Bodies for Honeycomb's API, and how to send them. Where Honeycomb gives an id, the name stands in its place until then. */
export const honeycombFiles: Generator = (model) => [
  json('columns', Object.entries(FIELDS).map(([key_name, type]) => ({ key_name, type }))),
  json('calculated-fields', model.slos.map((slo) => ({ alias: alias(slo), expression: indicator(slo), description: clip(`Good, bad or not counted: ${slo.description}`, LONGEST.column) }))),
  json('slos', model.slos.map(sloBody)),
  json('burn-alerts', model.slos.flatMap((slo) => burnAlerts(model, slo))),
  json('queries', QUERIES),
  json('board', board(model)),
  { path: 'honeycomb/apply.sh', text: applyScript() },
  { path: 'honeycomb/README.md', text: readme(model) },
];

function json(name: string, content: unknown): { readonly path: string; readonly text: string } {
  return { path: `honeycomb/${name}.json`, text: `${JSON.stringify(content, undefined, 2)}\n` };
}

/** Characters that Honeycomb takes. */
const LONGEST = { column: 255, name: 120, description: 1023 } as const;

const DAY = 86_400;

function alias({ name }: Slo): string {
  return `outspan.sli.${name}`;
}

function sloName({ name }: Slo): string {
  return clip(`LLM ${name}`, LONGEST.name);
}

function sloBody(slo: Slo): object {
  return {
    name: sloName(slo),
    description: clip(slo.description, LONGEST.description),
    sli: { alias: alias(slo) },
    time_period_days: Math.max(1, Math.round(slo.window / DAY)),
    target_per_million: Math.min(999_999, Math.round(slo.objective * 1_000_000)),
  };
}

/** An alert ahead of the end of the budget, in seconds for an SLO of 30 days. */
const EXHAUSTED_WITHIN: Readonly<Record<Severity, number>> = { page: 4 * 3_600, ticket: 3 * DAY };
const MONTH = 30 * DAY;

/** Honeycomb measures budget rates over an hour at least. */
const SHORTEST_RATE = 60;

function burnAlerts(model: Model, slo: Slo): readonly object[] {
  const rest = (severity: Severity, description: string): object => ({ description: clip(description, LONGEST.description), slo: { id: sloName(slo) }, recipients: [{ id: severity }] });
  const exhaustion = (['page', 'ticket'] as const)
    .filter((severity) => slo.alerts[severity])
    .map((severity) => {
      const minutes = minutesOf((EXHAUSTED_WITHIN[severity] * slo.window) / MONTH);
      return { alert_type: 'exhaustion_time', exhaustion_minutes: minutes, ...rest(severity, `${severity}: the error budget of ${slo.name} is gone in ${minutes} minutes at this rate`) };
    });
  // Objectives are promises for production: rehearsals with a time scale do not change them.
  const rates = burnRates(slo, { ...model, timeScale: 1 }).map(({ severity, factor, long }) => {
    const minutes = Math.max(SHORTEST_RATE, minutesOf(long));
    const share = (factor * minutes * 60) / slo.window;
    return {
      alert_type: 'budget_rate',
      budget_rate_window_minutes: minutes,
      budget_rate_decrease_threshold_per_million: Math.min(1_000_000, Math.max(1, Math.round(share * 1_000_000))),
      ...rest(severity, `${severity}: the error budget of ${slo.name} burns ${factor} times too fast`),
    };
  });
  return [...exhaustion, ...rates];
}

function minutesOf(seconds: number): number {
  return Math.max(1, Math.round(seconds / 60));
}

function board({ slos }: Model): object {
  return {
    name: 'LLM calls',
    description: 'Do LLM calls keep what was promised, and whose fault is it if not? Made by @outspan/slo.',
    type: 'flexible',
    layout_generation: 'auto',
    panels: [
      ...slos.map((slo) => ({ type: 'slo', slo_panel: { slo_id: sloName(slo) } })),
      ...QUERIES.map(({ name, style }) => ({ type: 'query', query_panel: { query_id: name, query_annotation_id: name, query_style: style } })),
    ],
    preset_filters: [
      { column: 'service.name', alias: 'Service' },
      { column: 'gen_ai.provider.name', alias: 'Provider' },
      { column: 'gen_ai.request.model', alias: 'Model' },
    ],
  };
}

function clip(text: string, longest: number): string {
  return text.slice(0, longest);
}
