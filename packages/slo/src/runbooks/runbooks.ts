import type { AlertName } from '../alerts/catalogue.ts';
import { DASHBOARDS } from '../grafana/dashboards.ts';
import type { Model } from '../model/model.ts';
import { is, oneOf } from '../prometheus/promql.ts';
import { SPOILED_ANSWERS } from '../prometheus/slo-rules.ts';
import { BASE, errorRatioSeries, LABEL, promDuration, SLO_SERIES } from '../prometheus/series.ts';
import { burnFigures, burnWindows, figuresOf } from './figures.ts';
import { attemptsPerOperation, counts, failures, failureShare, meanDuration, traffic, truncations } from './questions.ts';
import type { Runbook } from './runbook.ts';

const { service, version, provider, model: requested, servedModel, environment, errorClass, origin, outcome, subject, slo } = LABEL;

const SHED = 'Shed what nobody waits for first: batch jobs, prefetching, evaluations.';
const SHORTER = 'Make what remains cheaper: a smaller model, fewer output tokens, cached answers.';
const FALLBACK = 'If there is a second provider or a second region, send the traffic there, a tenth first. Watch its rate limits: yours there may be smaller.';
const NO_RETRY = 'Do not retry it: the next attempt fails the same way.';
const CAP_ATTEMPTS = 'At most 2 retries, exponential backoff with full jitter, and honour `Retry-After` (`outspan.retry_after` on the attempt).';
const RETRY_BUDGET = 'Give retries a budget (for example a tenth of all calls) so that an outage is not multiplied by them.';
const WHOLE_ONLY = 'Take an answer as whole only with a finish reason: a stream that ends without one was cut, though no exception was thrown.';
const PARSE = 'Parse JSON and tool arguments before acting on them; on failure ask again once, then give up.';

/** The runbook of every alert there is. */
export function runbooksOf(model: Model): Readonly<Record<AlertName, Runbook>> {
  const { recent, news, norm, failing, healthy, minimum, retryStorm, lowHeadroom } = figuresOf(model);
  const byOrigin = { asks: 'Whose fault are the failures?', promql: failures([provider, origin, errorClass], recent) };
  const byProvider = { asks: 'Is it one provider or all?', promql: failureShare([provider], recent) };
  const ofClass = (...classes: readonly string[]): string => oneOf(errorClass, classes);
  return {
    OutspanProviderIncident: {
      says: `Within ${recent}, at least ${failing} of the operations at this provider failed there, at a gateway or on the way, or ran into our deadline, and at least ${minimum} of them. It is so for most of the services, versions and models that use it. Another provider is healthy (at most ${healthy}), or there is no other.`,
      saysNot: 'It does not say that the provider knows, nor that rate limits or blocks are the reason: those have alerts of their own. Not every model or region has to be affected. Answers that were cut off count, though the application may have seen no error.',
      confirm: [
        byProvider,
        { asks: 'Every service and version of ours? If only one version fails, it is our release.', promql: failureShare([provider, service, version], recent) },
        { asks: 'Every model?', promql: failureShare([provider, requested], recent) },
        byOrigin,
      ],
      traces: 'error=true',
      look: 'the error class, the status code of the attempts, and whether `outspan.edge.location` is always the same: then it is one region of theirs.',
      dashboard: DASHBOARDS.providerIncident,
      statusPages: true,
      act: {
        fix: [FALLBACK, 'Tell whoever talks to customers: which feature, since when.', 'Open a ticket at the provider with the request ids from below. Their page is often later than this alert.'],
        reduce: [SHED, SHORTER, 'Queue what may wait, with a deadline. Show the rest an honest message instead of a spinner.'],
        retries: [CAP_ATTEMPTS, RETRY_BUDGET],
        validate: [WHOLE_ONLY, PARSE],
      },
      keep: ['Which models and regions failed and which did not.'],
    },
    OutspanReleaseRegression: {
      says: `Within ${recent}, at least ${failing} of this version's operations at this provider failed, and at least ${minimum} of them, while another version or service of ours is healthy (at most ${healthy}) at the same provider.`,
      saysNot: 'It does not say what changed: prompts, parameters, an SDK update, a key, or a limit. It is not the provider: others get answers.',
      confirm: [
        { asks: 'Which versions fail?', promql: failureShare([service, version, provider], recent) },
        { asks: 'How do they fail?', promql: failures([service, version, errorClass, origin], recent) },
        { asks: 'Since when does the version run?', promql: traffic([service, version], recent) },
      ],
      traces: 'error=true service.version=VERSION',
      look: 'one failed call of this version beside one good call of the version before: model, parameters, tokens, `error.type`.',
      dashboard: DASHBOARDS.providerIncident,
      statusPages: false,
      act: {
        fix: ['Roll the release back. Ask why afterwards.', 'If it cannot be rolled back, turn off the feature that makes these calls.'],
        retries: [`Errors of class \`invalid_request\`, \`context_length_exceeded\` or \`model_not_found\` must not be retried. ${NO_RETRY}`],
        validate: ['If only integrity burns (cut answers, invalid tool calls), compare the parameters: token limits, tools, response format.'],
      },
      keep: ['The version before and after, and what is in the difference between them.'],
    },
    OutspanQuotaExhausted: {
      says: `Within ${recent}, at least ${failing} of this service's operations at this provider were refused because quota or credit is used up (class \`quota_exhausted\`), and at least ${minimum} of them.`,
      saysNot: 'It is not a rate limit: waiting does not help, and retrying neither. The provider is not down.',
      confirm: [
        { asks: 'Which services and models?', promql: failures([service, provider, requested], recent, ofClass('quota_exhausted')) },
        { asks: 'Who used the tokens?', promql: counts(BASE.tokens, [service, provider, requested], norm) },
        { asks: 'Which tokens were for nothing?', promql: counts(BASE.tokensWasted, [service, provider], norm) },
      ],
      traces: 'error=true outspan.error.class=quota_exhausted',
      look: "`error.type` and the status description: they name the limit, and whether it is the organisation's, the project's or the key's.",
      dashboard: DASHBOARDS.latencyTokens,
      statusPages: false,
      act: {
        fix: ["Raise the limit or add credit in the provider's console (billing, usage limits). Know who may do that before the next time.", FALLBACK],
        reduce: ['Stop the service that uses most first, if it is not the one that matters.', SHORTER],
        retries: [NO_RETRY],
      },
      keep: ['The limit, who raised it and to what, and what used it up.'],
    },
    OutspanCredentialsRejected: {
      says: `Within ${recent}, at least ${failing} of this service's operations at this provider were refused for their credentials (classes \`authentication\`, \`permission_denied\`), and at least ${minimum} of them.`,
      saysNot: 'It does not say that a key leaked. It may be expired, revoked, of another environment, or without permission for this model.',
      confirm: [
        { asks: 'Which services, versions and environments?', promql: failures([service, version, environment, provider, errorClass], recent, ofClass('authentication', 'permission_denied')) },
        { asks: 'Only some models? Then it is a permission, not the key.', promql: failureShare([service, provider, requested], recent, ofClass('authentication', 'permission_denied')) },
      ],
      traces: 'error=true outspan.error.class=authentication',
      look: 'when it began, and which instance: one with an old secret, or all of them.',
      dashboard: DASHBOARDS.providerIncident,
      statusPages: true,
      act: {
        fix: ['Find out whether a key was just rotated or a secret was just deployed. If so, finish or undo it.', "Look at the key in the provider's console: revoked, expired, restricted to other models or addresses?", 'Put a working key in place and restart what reads it only at its start.', 'If nobody of yours revoked it, treat it as leaked: rotate all keys of that account and read its usage.'],
        retries: [NO_RETRY],
      },
      keep: ['Which key (its name, never the key), since when, and who changed it.'],
    },
    OutspanEdgeBlocking: {
      says: `Within ${recent}, at least ${failing} of this service's operations at this provider were answered by a CDN's or firewall's block or challenge page instead of the provider (class \`blocked_by_edge\`), and at least ${minimum} of them.`,
      saysNot: 'The provider has not seen these calls, so its status page says nothing. Our key is not the reason.',
      confirm: [
        { asks: 'Which services and environments? One of them points to one egress address.', promql: failures([service, environment, provider], recent, ofClass('blocked_by_edge')) },
        { asks: 'All calls or some?', promql: failureShare([service, provider], recent, ofClass('blocked_by_edge')) },
      ],
      traces: 'error=true outspan.error.class=blocked_by_edge',
      look: '`outspan.edge.location`, the status code, and the id of the block (`outspan.provider.request_id`).',
      dashboard: DASHBOARDS.providerIncident,
      statusPages: true,
      act: {
        fix: ['Did our egress address change (new NAT, new region, a VPN or proxy)? Go back to the one before.', 'Is it our own proxy or firewall? Allow the address of the provider.', "Otherwise write to the provider's support with the block's id, our egress addresses and the time."],
        reduce: ['Send less at once: edges block bursts. Limit concurrency per process.'],
        retries: ['Do not hammer: retries against a block make it last. One retry after a minute is enough.'],
      },
      keep: ['Our egress addresses and the id of one block.'],
    },
    OutspanClientTimeouts: {
      says: `Within ${recent}, at least ${failing} of this service's operations at this provider ended because our own deadline passed (class \`timeout\`, origin \`client\`), and at least ${minimum} of them.`,
      saysNot: 'It does not say who was slow: the provider may have slowed down, or our deadline may be too short for what we ask.',
      confirm: [
        { asks: 'Which services, versions and models?', promql: failureShare([service, version, provider, requested], recent, ofClass('timeout')) },
        { asks: 'Do answers that come take longer than before? Now:', promql: meanDuration([provider, requested], recent) },
        { asks: 'And in the longer run:', promql: meanDuration([provider, requested], norm) },
      ],
      traces: 'error=true outspan.error.class=timeout',
      look: 'how long the operation was, which attempt timed out, and whether a first chunk had come (`gen_ai.response.time_to_first_chunk`).',
      dashboard: DASHBOARDS.latencyTokens,
      statusPages: true,
      act: {
        fix: ['If a release made the deadline shorter or the prompts longer, roll it back.', "If the provider is slow, set the deadline above its slowest usual answer, and stream: a deadline on the first chunk finds a dead call sooner than one on the whole."],
        reduce: ['Ask for fewer output tokens. Most of the time of a call is spent on them.', SHED],
        retries: ['A timed-out call has been paid for. Retry it once at most, and never with all deadlines in a row longer than the caller waits.', RETRY_BUDGET],
      },
      keep: ['The deadline that is set, and how long good answers take.'],
    },
    OutspanTruncationBurst: {
      says: `Within ${recent}, at least ${failing} of the answers that came to this service from this provider were cut off or malformed, and at least ${minimum} of them. Most SDKs return such answers as successes.`,
      saysNot: 'Answers that ended at their token limit are not among them. It does not say who cut: the provider, a proxy or the network.',
      confirm: [
        { asks: 'How were they cut?', promql: truncations([provider, requested], recent) },
        { asks: 'One service or all? One alone points to its proxy or its network.', promql: failureShare([service, provider], recent, oneOf(errorClass, SPOILED_ANSWERS)) },
        byOrigin,
      ],
      traces: 'outspan.response.truncated=true',
      look: '`outspan.response.truncation.kind`, whether `outspan.response.bytes_received` is always about the same (a proxy with a limit) and the duration always about the same (a proxy with a timeout).',
      dashboard: DASHBOARDS.retriesTruncation,
      statusPages: true,
      act: {
        fix: ['Always after the same time or the same number of bytes: a proxy, load balancer or gateway on the way. Raise its limit for event streams.', 'Otherwise it is the provider: treat it as its incident.', FALLBACK],
        reduce: ['Ask for shorter answers: they are cut less often.'],
        retries: ['Retry a cut answer once from the start, if nothing of it was used yet. Never append the second to the first.'],
        validate: [WHOLE_ONLY, PARSE, 'Find out what was done with the cut answers since it began: saved, sent, executed. Mark or undo it.'],
      },
      keep: ['What was done with cut answers, and by which feature.'],
    },
    OutspanErrorBudgetBurn: {
      says: `An SLO's error budget is being spent so fast that it will not last: ${burning(model, 'page')}, with at least ${minimum} bad events. No cause has been found yet: otherwise this alert would be silent.`,
      saysNot: 'It does not say whose fault it is, and not that users notice everything that it counts.',
      confirm: [
        { asks: 'Which SLO, and where?', promql: `sort_desc(${errorRatioSeries(burnWindows(model, 'page').at(0) ?? 0)})` },
        { asks: 'How much of the budget is left? Below 0 it is spent.', promql: `sort(${SLO_SERIES.budget})` },
        byProvider,
        byOrigin,
        { asks: 'One version?', promql: failureShare([service, version, provider], recent) },
      ],
      traces: 'error=true',
      look: 'the error class of most of them, then the runbook of the alert for that class.',
      dashboard: DASHBOARDS.overview,
      statusPages: true,
      act: {
        fix: ['Answer the questions above until one label explains most of the failures: provider, version, model or class. Then go on with that runbook.', 'If nothing explains it, undo the last change of ours: a release, a prompt, a flag, a key.'],
        reduce: [SHED, 'For a latency or first-chunk SLO: fewer output tokens, a smaller model, less concurrency.'],
        retries: [CAP_ATTEMPTS],
        validate: [`If the SLO is about integrity: ${WHOLE_ONLY}`, PARSE],
      },
      keep: ['How much of the budget the incident has cost.'],
    },
    OutspanTrafficVanished: {
      says: `This service made at least ${minimum} calls to this provider in every ${recent} of the last ${news}, and now none for ${recent}, nor correspondingly more to another provider.`,
      saysNot: 'It does not say that calls fail: either none are made, or their telemetry does not arrive. Both hide every other alert.',
      confirm: [
        { asks: 'Who still makes calls?', promql: traffic([service, provider], recent) },
        { asks: 'And at the same time yesterday?', promql: traffic([service, provider], recent, '1d') },
        { asks: 'What did the last ones end with?', promql: counts(BASE.operations, [service, provider, outcome], news) },
      ],
      traces: 'gen_ai.operation.name=chat',
      look: 'when the last span of the service arrived. Spans without metrics: the way of the metrics is broken. Neither: the service or its Collector.',
      dashboard: DASHBOARDS.overview,
      statusPages: false,
      act: {
        fix: ['Is the service up, and does it get requests itself?', 'Was it deployed without its telemetry (`OTEL_*` variables, the `--import`)?', 'Does the Collector accept and export? Look at its own logs and queue.', 'Was the feature turned off, or was a queue in front of it stopped?'],
        reduce: ['Before it comes back: is there a backlog? Drain it slowly, or it runs into rate limits.'],
      },
      keep: ['Whether calls were missing, or only their telemetry.'],
    },
    OutspanRetryStorm: {
      says: `Within ${recent}, operations needed at least ${retryStorm} attempts on average, and at least 1.5 times as many as usual (over ${norm}).`,
      saysNot: 'Most of these operations may have succeeded in the end. They took longer and cost more.',
      confirm: [
        { asks: 'Where? Attempts per operation now:', promql: attemptsPerOperation([service, provider, requested], recent) },
        { asks: 'And usually:', promql: attemptsPerOperation([service, provider, requested], norm) },
        { asks: 'Why were attempts not enough? (Without a class: they succeeded.)', promql: counts(BASE.attempts, [provider, errorClass], recent) },
        { asks: 'Seconds lost waiting:', promql: counts(BASE.retryDelay, [service, provider], recent) },
        { asks: 'Tokens paid for nothing:', promql: counts(BASE.tokensWasted, [service, provider], recent) },
      ],
      traces: 'outspan.retry.count=2',
      look: 'the attempts below an operation: their status codes, the pauses between them against `outspan.retry_after`, and whether two layers retry (the SDK and our own code).',
      dashboard: DASHBOARDS.retriesTruncation,
      statusPages: true,
      act: {
        reduce: ['With `rate_limited` or `overloaded` attempts: send less. Retries are load too.', SHED],
        retries: [CAP_ATTEMPTS, RETRY_BUDGET, 'Retry in one layer only: turn the SDK\'s retries off (`maxRetries: 0`) where our own code retries.'],
      },
      keep: ['Attempts per operation at the peak, and what they cost in tokens.'],
    },
    OutspanRateLimitHeadroomLow: {
      says: `Less than ${lowHeadroom} of a rate limit remains; or less than half of it, falling so that nothing is left within ${recent}. The figures are the provider's own, from its response headers.`,
      saysNot: 'Nothing has to have failed yet. It is not the quota or the credit of the account.',
      confirm: [
        { asks: 'Which limit?', promql: `sort(min by (${[service, provider, requested, subject].join(', ')}) (${BASE.headroom}))` },
        { asks: 'Who uses it? Tokens:', promql: counts(BASE.tokens, [service, provider, requested], recent) },
        { asks: 'Operations:', promql: traffic([service, provider, requested], recent) },
        { asks: 'Are calls refused already?', promql: counts(BASE.attempts, [service, provider], recent, is(errorClass, 'rate_limited')) },
      ],
      traces: 'outspan.error.class=rate_limited',
      look: '`outspan.rate_limit.requests.remaining` and `outspan.rate_limit.tokens.remaining` of the attempts, and how soon they reset.',
      dashboard: DASHBOARDS.retriesTruncation,
      statusPages: false,
      act: {
        fix: ['Ask the provider for a higher limit: that takes days, so ask now.', 'Spread the load over time, keys of other projects, regions or models, as far as the contract allows.'],
        reduce: [SHED, 'Limit concurrency where the calls are made, below the limit. A queue of ours is better than a 429 of theirs.', 'For a limit on tokens: smaller prompts and smaller `max_tokens`. Some providers count what was asked for, not what came.'],
        retries: ['Wait for `Retry-After`. Without it, wait for the reset that the headers state.'],
      },
      keep: ['The limit, the peak of the use, and what made it grow.'],
    },
    OutspanModelChanged: {
      says: `Within ${news}, a served model has answered at least ${minimum} calls for a requested model that it had not answered for in the ${norm} before.`,
      saysNot: 'It is not an error. Aliases move on (`latest`), gateways fall back, deployments are changed: on purpose or not.',
      confirm: [
        { asks: 'What serves what now?', promql: counts(BASE.servedModels, [service, provider, requested, servedModel], recent) },
        { asks: 'And before?', promql: counts(BASE.servedModels, [service, provider, requested, servedModel], norm) },
        { asks: 'Is it slower?', promql: meanDuration([provider, requested], recent) },
        { asks: 'Does it fail more?', promql: failureShare([provider, requested], recent) },
      ],
      traces: 'gen_ai.response.model=MODEL',
      look: 'when the new one began, and whether all instances get it. Tokens per call: another model may use more.',
      dashboard: DASHBOARDS.retriesTruncation,
      statusPages: true,
      act: {
        fix: ['If it was not meant: request a dated version instead of an alias, or fix the fallback of the gateway.'],
        validate: ['Run the evaluations of the features that use it. Formats, refusals and tool calls differ between models.', PARSE],
      },
      keep: ['The model before and after, since when, and the results of the evaluations.'],
    },
    OutspanErrorBudgetBurnSlow: {
      says: `An SLO's error budget will be spent before its window ends: ${burning(model, 'ticket')}, with at least ${minimum} bad events. There is time: a ticket, not a page.`,
      saysNot: 'It does not say that anything broke today. It is often a small share that always fails.',
      confirm: [
        { asks: 'Which SLO, and where?', promql: `sort_desc(${errorRatioSeries(burnWindows(model, 'ticket').at(-1) ?? 0)})` },
        { asks: 'How much of the budget is left? Below 0 it is spent.', promql: `sort(${SLO_SERIES.budget})` },
        { asks: 'What fails all the time?', promql: failures([service, provider, requested, errorClass], norm) },
        { asks: 'One version?', promql: failureShare([service, version, provider], norm) },
      ],
      traces: 'error=true',
      look: 'the two or three classes that make up most of it.',
      dashboard: DASHBOARDS.overview,
      statusPages: false,
      act: {
        fix: ['Fix the largest class first. `context_length_exceeded`, `invalid_request`, `invalid_tool_call` and `invalid_output` are ours to fix.', `If the SLO asks for more than the provider delivers, say so and change the objective (\`${slo}\` in the model file): an alert that is always on is off.`],
        retries: ['Rare failures that a retry would repair: retry them once.'],
        validate: [`If the SLO is about integrity: ${WHOLE_ONLY}`, PARSE],
      },
      keep: ['The share of each class, and what is done about it.'],
    },
  };
}

function burning(model: Model, severity: 'page' | 'ticket'): string {
  const rates = burnFigures(model, severity).map(({ factor, long, short }) => `${factor} times the rate that it allows, over ${promDuration(long)} and still over ${promDuration(short)}`);
  return rates.length === 0 ? 'no SLO raises this one now' : rates.join('; or ');
}
