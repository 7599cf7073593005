import { ALERTS } from '../alerts/catalogue.ts';
import { promDuration } from '../prometheus/series.ts';
import { DEFAULT_MODEL, DEFAULT_SLOS, PROVIDER_FAULTS, RECOMMENDED_BUCKETS } from './defaults.ts';
import { DURATION_PATTERN } from './duration.ts';
import { LABEL_REFERENCE_PATTERN } from './label.ts';
import type { Day } from './file.ts';
import type { Origin, Severity, SliKind } from './model.ts';

/** A JSON Schema, as far as the model needs it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  /** What a value must be, as the end of a sentence that begins "… is not". */
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

/** What each SLI is, in the order of the README. */
export const SLI_KINDS: readonly SliKind[] = ['availability', 'integrity', 'latency', 'time_to_first_chunk', 'retries', 'headroom'];
export const ORIGINS: readonly Origin[] = ['provider', 'gateway', 'network', 'account', 'request', 'client', 'unknown'];
/** In the order of PromQL's `day_of_week`. */
export const DAYS: readonly Day[] = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
export const SEVERITIES: readonly Severity[] = ['page', 'ticket'];

const ref = (name: string, rest: JsonSchema = {}): JsonSchema => ({ $ref: `#/$defs/${name}`, ...rest });
const map = (title: string, description: string, properties: Readonly<Record<string, JsonSchema>>, rest: JsonSchema = {}): JsonSchema => ({ title, description, type: 'object', additionalProperties: false, properties, ...rest });
const list = (title: string, description: string, items: JsonSchema, rest: JsonSchema = {}): JsonSchema => ({ title, description, type: 'array', items, maxItems: 100, ...rest });
const oneOf = (values: readonly string[]): JsonSchema => ({ title: `one of ${values.join(', ')}`, enum: values });

const RECEIVER = (severity: Severity): JsonSchema =>
  map('a map with the key webhook', `Where alerts of severity ${severity} go to.`, { webhook: ref('url', { description: 'A URL that takes Alertmanager’s webhook notifications.' }) });

const ALERT = oneOf(ALERTS.map(({ name }) => name));

const NAME: JsonSchema = { title: 'a name of up to 63 letters, digits, - and _ that begins with a letter or digit', type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_-]*$', maxLength: 63 };
const OBJECTIVE: JsonSchema = {
  title: 'a percentage above 0 and below 100, such as 99.5 (100 would leave no error budget)',
  description: 'Percentage of good events that is promised.',
  type: ['number', 'string'],
  exclusiveMinimum: 0,
  exclusiveMaximum: 100,
  pattern: '^(?!0+(?:\\.0+)?%)[0-9]{1,2}(?:\\.[0-9]+)?%$',
  examples: [99.5, '99.9%'],
};
const WINDOW = ref('duration', { description: 'How long the promise is kept over: at most 400d, at least 2160 times `interval`, so that the burn windows can be told apart.', default: '30d' });
const WHERE: JsonSchema = {
  title: 'a map of labels to values',
  description: 'Only what has one of these values counts.',
  type: 'object',
  propertyNames: ref('label'),
  additionalProperties: { title: 'a text, or a list of texts (put numbers and booleans in quotes)', type: ['string', 'array'], items: { title: 'a text (put numbers and booleans in quotes)', type: 'string' }, minItems: 1, maxItems: 100 },
  maxProperties: 10,
  default: {},
  examples: [{ model: ['gpt-5', 'gpt-5-mini'], environment: 'production' }],
};
const DESCRIPTION: JsonSchema = { title: 'text of up to 1000 characters', description: 'What is promised, for whoever gets the alert. Default: made from the SLI.', type: 'string', maxLength: 1000 };
const BURN_ALERTS = list('a list of page and ticket', 'Which burn-rate alerts it raises. Default: those of the default SLO with this SLI.', oneOf(SEVERITIES));

const SLO: JsonSchema = map(
  'a map with at least a name',
  'One objective. With `sli` it stands on its own and needs an `objective`; without, it changes the default SLO of its name.',
  {
    name: { ...NAME, description: 'Unique. The value of the label outspan_slo.' },
    description: DESCRIPTION,
    sli: { ...oneOf(SLI_KINDS), description: 'What is counted.' },
    objective: OBJECTIVE,
    window: WINDOW,
    by: list('a list of labels', 'One error budget for each combination of the values of these labels: aliases (service, version, environment, provider, model, operation, address), attributes or Prometheus labels.', ref('label'), { default: ['environment', 'service', 'provider'], maxItems: 10 }),
    where: WHERE,
    overrides: list(
      'a list of overrides',
      'Other promises for parts of what it counts, such as an environment or a team\'s services. Each is an SLO of its own name; what it counts, this one does not. Of two that overlap, the first counts.',
      map('a map with a name and where', 'Another promise for a part.', { name: { ...NAME, description: 'Unique among all SLOs.' }, where: { ...WHERE, minProperties: 1 }, description: DESCRIPTION, objective: OBJECTIVE, window: WINDOW, alerts: BURN_ALERTS }, { required: ['name', 'where'] }),
      { minItems: 1, maxItems: 20 },
    ),
    threshold: {
      title: 'a duration such as 20.48s, or for headroom a share such as 10%',
      description: 'From where on it is bad. For latency and time_to_first_chunk a duration that is one of `buckets` (native histograms: any); for headroom the share of the limit that should remain.',
      type: ['string', 'number'],
      examples: ['20.48s', '10%'],
    },
    faults: list('a list of origins', 'For availability: whose failures are bad. Failures of any other origin are not counted at all.', oneOf(ORIGINS), { minItems: 1, default: PROVIDER_FAULTS }),
    alerts: BURN_ALERTS,
  },
  { required: ['name'] },
);

const { alerts } = DEFAULT_MODEL;

/** The JSON Schema of `outspan.slo.yaml`, as published in `outspan.slo.schema.json`. */
export const MODEL_SCHEMA: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:outspan:slo:model:1',
  ...map('a map of keys such as source and slos', 'Objectives of LLM calls, from which @outspan/slo generates rules, routes, dashboards and runbooks. Every key has a default.', {
    version: { title: '1, the only version there is', description: 'Version of this format.', const: 1, default: 1 },
    source: { ...oneOf(['metrics', 'span_metrics']), description: 'Where figures come from: the application’s own metrics, or what the Collector counts from spans.', default: DEFAULT_MODEL.source },
    histograms: { ...oneOf(['classic', 'native']), description: 'How duration histograms are stored: with bucket bounds, or as native histograms.', default: DEFAULT_MODEL.histograms },
    buckets: list('a list of bounds in seconds', 'The bucket bounds of the duration histograms, in seconds, ascending. Only needed where they are not the recommended ones.', { title: 'a number of seconds above 0', type: 'number', exclusiveMinimum: 0 }, { minItems: 1, default: RECOMMENDED_BUCKETS }),
    interval: ref('duration', { description: 'Time between evaluations of the rules: 1s to 5m.', default: promDuration(DEFAULT_MODEL.interval) }),
    ingestion_delay: ref('duration', { description: 'After this time a sample has surely arrived; rules look that far back: 0s to 15m.', default: promDuration(DEFAULT_MODEL.ingestionDelay) }),
    slos: list('a list of SLOs', `The objectives. Default: ${DEFAULT_SLOS.map(({ name }) => name).join(', ')}; a list that leaves one of these out does without it.`, ref('slo'), { minItems: 1 }),
    maintenance: list('a list of maintenance', 'Planned maintenance: it spends no budget and raises no alert.', ref('maintenance')),
    budget_policy: list('a list of stages', 'What follows when an error budget runs low, for the generated page error-budget-policy.', ref('budget_stage'), { minItems: 1, maxItems: 20, default: DEFAULT_MODEL.budgetPolicy }),
    alerts: ref('alerts'),
    links: ref('links'),
    receivers: ref('receivers'),
  }),
  $defs: {
    slo: SLO,
    maintenance: map(
      'a map with name, from and to',
      'A time in which what happens is planned, in UTC: once, or on days of each week.',
      {
        name: { title: 'text of up to 100 characters', description: 'What is done.', type: 'string', minLength: 1, maxLength: 100 },
        from: { title: 'a moment such as 2026-12-24T22:00Z, or with `days` a time such as 02:00', type: 'string', maxLength: 40, description: 'When it begins, in UTC.' },
        to: { title: 'a moment such as 2026-12-25T02:00Z, or with `days` a time such as 04:00', type: 'string', maxLength: 40, description: 'When it is over, in UTC.' },
        days: list('a list of days of the week', 'It is so on these days of each week.', oneOf(DAYS), { minItems: 1, maxItems: 7, uniqueItems: true }),
        where: { ...WHERE, description: 'Only what has one of these values.' },
      },
      { required: ['name', 'from', 'to'] },
    ),
    budget_stage: map(
      'a map with below and action',
      'A stage of the error-budget policy.',
      {
        below: { title: 'a share such as 25%, from 0 to 100%', description: 'Share of the budget that is left, below which it holds. 0: when it is spent.', type: ['number', 'string'], minimum: 0, maximum: 1, pattern: '^(?:100|[0-9]{1,2}(?:\\.[0-9]+)?)%$' },
        action: { title: 'text of up to 1000 characters', description: 'What is done then.', type: 'string', minLength: 1, maxLength: 1000 },
      },
      { required: ['below', 'action'] },
    ),
    policy: map(
      'a map with where and severity',
      'A severity for some alerts.',
      { where: { ...WHERE, minProperties: 1, description: 'Labels of the alert. An alert without one of these labels is left alone.' }, alerts: list('a list of alerts', 'Only these; default: all.', ALERT, { minItems: 1 }), severity: { ...oneOf([...SEVERITIES, 'none']), description: 'none: it is recorded, and nobody is told.' } },
      { required: ['where', 'severity'] },
    ),
    alerts: map('a map of alert settings', 'How alerts are tuned.', {
      disabled: list('a list of alerts', 'Alerts that are not generated.', ALERT, { default: alerts.disabled }),
      severities: { title: 'a map of alerts to page or ticket', description: 'Severities that replace those of the catalogue.', type: 'object', propertyNames: ALERT, additionalProperties: oneOf(SEVERITIES), default: alerts.severities },
      policies: list('a list of policies', 'Severities for some environments, services or providers, for diagnosing alerts as well. The first that fits an alert holds.', ref('policy'), { default: alerts.policies }),
      minimum_bad_events: { title: 'a whole number of 1 or more', description: 'Bad events that an alert needs within its longest window: below that, a share says nothing.', type: 'integer', minimum: 1, maximum: 1_000_000_000, default: alerts.minimumBadEvents },
      failing_ratio: ref('share', { description: 'Share of failing events from which on a provider, a version or answers count as failing.', default: alerts.failingRatio }),
      healthy_ratio: ref('share', { description: 'Share of failing events below which they count as healthy. Less than failing_ratio.', default: alerts.healthyRatio }),
      retry_storm_attempts: { title: 'a number above 1 and up to 100', description: 'Attempts per operation from which on there may be a retry storm.', type: 'number', exclusiveMinimum: 1, maximum: 100, default: alerts.retryStormAttempts },
      low_headroom_ratio: ref('share', { description: 'Share of a rate limit below which headroom is low.', default: alerts.lowHeadroomRatio }),
    }),
    links: map('a map of links', 'Where a page leads to.', {
      runbooks: ref('base_url', { description: 'The folder of the generated runbooks as the on-call engineer can open it. Default: the relative path runbooks.' }),
      grafana: ref('base_url', { description: 'Grafana.' }),
      jaeger: ref('base_url', { description: 'Jaeger’s UI.' }),
    }),
    receivers: map('a map of page and ticket', 'Where notifications go to. Default: Alertmanager keeps them to itself.', { page: RECEIVER('page'), ticket: RECEIVER('ticket') }),
    duration: { title: 'a duration such as 30s, 5m, 1h30m or 30d', type: 'string', pattern: DURATION_PATTERN, maxLength: 40 },
    share: { title: 'a share between 0 and 1, or a percentage such as 10%', type: ['number', 'string'], exclusiveMinimum: 0, exclusiveMaximum: 1, pattern: '^(?!0+(?:\\.0+)?%)[0-9]{1,2}(?:\\.[0-9]+)?%$' },
    label: { title: 'a label: an alias, an attribute such as gen_ai.provider.name, or a Prometheus label', type: 'string', pattern: LABEL_REFERENCE_PATTERN, maxLength: 200 },
    url: { title: 'an http or https URL', type: 'string', pattern: '^https?://[^\\s]+$', maxLength: 2000 },
    base_url: { title: 'an http or https URL without a query or fragment', type: 'string', pattern: '^https?://[^\\s?#]+$', maxLength: 2000 },
  },
};
