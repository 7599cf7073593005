/** What `outspan-slo init` writes. As it stands it means the same as an empty file. */
export const TEMPLATE = `# Objectives of LLM calls. Everything here is a default: an empty file means the same.
# Change what you promise, then run: npx @outspan/slo generate
# yaml-language-server: $schema=node_modules/@outspan/slo/outspan.slo.schema.json
version: 1

# Where figures come from: metrics (the application's own), or span_metrics (what the Collector counts from spans).
source: metrics

# How duration histograms are stored: classic (with bucket bounds), or native.
histograms: classic

# Bounds of classic histograms in seconds. A latency threshold has to be one of them.
# buckets: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]

# Time between evaluations of the rules, and the time after which a sample has surely arrived.
interval: 1m
ingestion_delay: 30s

# The objectives. With only a name, an entry is the default SLO of that name; other keys change it. A default that is not listed is left out.
# With an sli, an entry stands on its own. Keys: name, description, sli, objective (percent), window, by, where, threshold, faults, alerts.
slos:
  # Operations that failed, whoever's fault but the request's own.
  - name: availability
    objective: 99.5
  # Operations whose request was in order: the budget of those who write prompts and parameters.
  - name: requests
    objective: 99
  # Answers that came whole, well-formed and with valid tool calls.
  - name: integrity
    objective: 99.5
  - name: latency
    objective: 95
    threshold: 20.48s
  - name: time-to-first-chunk
    objective: 95
    threshold: 5.12s
  # Operations that needed no second attempt.
  - name: retries
    objective: 95
  # Time with a tenth of every rate limit left.
  - name: headroom
    objective: 95
    threshold: 10%

  # Other promises for parts of an SLO, such as an environment, are overrides of it:
  # - name: availability
  #   overrides:
  #     - {name: availability-staging, where: {environment: staging}, objective: 95, alerts: [ticket]}

  # One of your own:
  # - name: checkout-latency
  #   sli: latency
  #   objective: 99
  #   window: 7d
  #   threshold: 10.24s
  #   by: [model, environment]
  #   where: {service: checkout}
  #   alerts: [page, ticket]

alerts:
  # Alerts that are not generated: [OutspanModelChanged]
  disabled: []
  # Severities of your own: {OutspanRetryStorm: page}
  severities: {}
  # Severities for some labels, page, ticket or none; the first that fits: [{where: {environment: staging}, severity: ticket}]
  policies: []
  # Bad events that an alert needs within its longest window.
  minimum_bad_events: 5
  # Shares of failures from which on a provider or version counts as failing, and below which as healthy.
  failing_ratio: 10%
  healthy_ratio: 3%
  retry_storm_attempts: 1.5
  low_headroom_ratio: 10%

# Planned maintenance, in UTC: it spends no budget and raises no alert.
# maintenance:
#   - {name: migration, from: '2027-01-10T22:00Z', to: '2027-01-11T02:00Z', where: {provider: openai}}
#   - {name: weekly batch, days: [sunday], from: '02:00', to: '04:00'}

# What follows when a budget runs low, for the page error-budget-policy.md.
budget_policy:
  - {below: 50%, action: Look at what spends it in the weekly review.}
  - {below: 25%, action: 'Releases that touch LLM calls need a second look, and a way back.'}
  - {below: 0, action: Only fixes are released until the budget is above 0 again.}

# Where a page leads to.
# links:
#   runbooks: https://git.example.com/ops/slo/runbooks
#   grafana: https://grafana.example.com
#   jaeger: https://jaeger.example.com

# Where notifications go to. Without, Alertmanager keeps them to itself.
# receivers:
#   page: {webhook: 'https://pager.example.com/hook'}
#   ticket: {webhook: 'https://tickets.example.com/hook'}
`;
