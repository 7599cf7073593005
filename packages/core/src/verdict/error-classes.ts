import type { ProviderError } from '../dialects/dialect.ts';
import { classOfStatus } from './http-status.ts';
import type { ClassFacts } from './verdict.ts';
import type { ErrorClass } from './vocabulary.ts';

/**
 * Codes and types that mean one thing whatever the status: they decide. Spelled as their providers do;
 * compared without case, separators and the suffixes `Error` and `Exception`, so one spelling stands for its variants.
 */
const DECISIVE: readonly (readonly [facts: ClassFacts, codes: readonly string[]])[] = [
  [{ class: 'rate_limited' }, [
    'rate_limit_exceeded', 'rate_limit_error', 'rate_limit_reached', 'rate_limit_reached_error', 'rate_limited', 'RateLimitReached', 'too_many_requests',
    'ThrottlingException', 'throttled', 'throttling', 'request_rate_limit_exceeded', 'token_rate_limit_exceeded', 
    'concurrency_limit_exceeded',
    // Cerebras: per minute.
    'token_quota_exceeded', 'request_quota_exceeded',
    // OpenAI's types of a 429 say which limit it was.
    'requests', 'tokens', 'input_tokens',
  ]],
  [{ class: 'quota_exhausted' }, [
    'insufficient_quota', 'quota_exceeded', 'exceeded_current_quota_error', 'billing_error', 'billing_hard_limit_reached', 'billing_not_active',
    'insufficient_balance', 'insufficient_credits', 'insufficient_funds', 'payment_required', 'credit_balance_too_low', 'out_of_credits',
    'budget_exceeded', 'spend_limit_exceeded', 'spend_limit_reached', 'daily_limit_exceeded', 'ServiceQuotaExceededException',
  ]],
  [{ class: 'overloaded' }, [
    'overloaded_error', 'overloaded', 'engine_overloaded_error', 'server_overloaded', 'model_overloaded', 'capacity_exceeded', 'no_capacity',
    'capacity_error', 'service_tier_capacity_exceeded', 'resource_unavailable', 'insufficient_system_resource', 'slow_down', 'queue_exceeded', 'queue_full', 'system_busy', 'server_busy',
    'ModelNotReadyException',
  ]],
  [{ class: 'authentication' }, [
    'invalid_api_key', 'incorrect_api_key', 'missing_api_key', 'no_api_key', 'wrong_api_key', 'API_KEY_INVALID', 'expired_api_key', 'authentication_error',
    'invalid_authentication_error', 'unauthorized', 'UNAUTHENTICATED', 'token_expired', 'invalid_token', 'invalid_issuer',
    'invalid_organization', 'mismatched_project', 'account_deactivated', 'UnrecognizedClientException', 'ExpiredTokenException', 'auth_error',
    'InvalidSignatureException', 'SignatureDoesNotMatch', 'IncompleteSignatureException', 'MissingAuthenticationTokenException', 'InvalidClientTokenId',
  ]],
  [{ class: 'permission_denied' }, [
    'permission_error', 'permission_denied', 'PERMISSION_DENIED', 'forbidden', 'access_denied', 'AccessDeniedException', 'insufficient_permissions',
    'unsupported_country_region_territory', 'ip_not_authorized', 'organization_restricted', 'AuthorizationFailed', 'blocked_api_access',
    'model_permission_blocked_org', 'model_permission_blocked_project', 'model_terms_required', 'model_access_denied',
  ]],
  [{ class: 'model_not_found' }, [
    'model_not_found', 'DeploymentNotFound', 'unknown_model', 'invalid_model', 'model_not_available', 'model_not_supported', 'unsupported_model',
    'unavailable_model', 'model_decommissioned', 'model_deprecated', 'model_not_exist',
  ]],
  [{ class: 'context_length_exceeded' }, [
    'context_length_exceeded', 'context_window_exceeded', 'prompt_too_long', 'input_too_long', 'model_max_prompt_tokens_exceeded',
    'exceed_context_size_error', 'tokens_limit_reached', 'string_above_max_length',
  ]],
  [{ class: 'content_filtered' }, [
    'content_filter', 'content_filtered', 'content_policy_violation', 'ResponsibleAIPolicyViolation', 'moderation_blocked', 'content_moderation',
    // Portkey's guardrails, with 446.
    'hooks_failed',
    'image_content_policy_violation', 'cyber_policy_violation', 'prompt_blocked', 'data_inspection_failed', 'sensitive_content', 'safety_violation',
  ]],
  [{ class: 'request_too_large' }, [
    'request_too_large', 'payload_too_large', 'content_too_large', 'request_entity_too_large', 'file_too_large',
  ]],
  [{ class: 'invalid_request' }, [
    'unsupported_parameter', 'unsupported_value', 'missing_required_parameter', 'unknown_parameter', 'invalid_value', 'invalid_type',
    'invalid_json_schema', 'invalid_function_parameters', 'integer_above_max_value', 'integer_below_min_value', 'decimal_above_max_value',
    'decimal_below_min_value', 'array_above_max_length', 'empty_array', 'invalid_image', 'previous_response_not_found', 'OperationNotSupported',
    'OUT_OF_RANGE', 'UNIMPLEMENTED', 'method_not_supported',
  ]],
  // Bedrock's, with 424, which is nobody else's.
  [{ class: 'server_error' }, ['ModelErrorException', 'ModelStreamErrorException']],
  [{ class: 'timeout', origin: 'provider' }, ['timeout_error', 'timeout', 'request_timeout', 'DEADLINE_EXCEEDED', 'ModelTimeoutException']],
  // Groq: the model wrote a tool call, or JSON, that does not hold to its schema; another sample may.
  [{ class: 'invalid_tool_call' }, ['tool_use_failed']],
  [{ class: 'invalid_output' }, ['json_validate_failed']],
  [{ class: 'malformed_response' }, ['output_parse_failed']],
];

/**
 * Types of envelopes that say less than the status does: they count only where there is no failing status (an error
 * inside a 200), and what the message says may still refine them.
 */
const GENERAL: readonly (readonly [facts: ClassFacts, codes: readonly string[]])[] = [
  // Gemini's one word for rate, quota and capacity: its text tells them apart.
  [{ class: 'rate_limited' }, ['RESOURCE_EXHAUSTED']],
  [{ class: 'overloaded' }, ['UNAVAILABLE', 'service_unavailable', 'service_unavailable_error']],
  [{ class: 'server_error' }, [
    'api_error', 'server_error', 'internal_error', 'internal_server_error', 'INTERNAL', 'UNKNOWN', 'DATA_LOSS', 'CANCELLED', 'upstream_error',
    'provider_error', 'processing_error',
  ]],
  [{ class: 'invalid_request' }, [
    'invalid_request_error', 'invalid_request', 'INVALID_ARGUMENT', 'FAILED_PRECONDITION', 'BadRequestError', 'validation_error', 'unprocessable_entity',
    'invalid_prompt', 'NOT_FOUND', 'not_found_error', 'not_supported_error', 'ResourceNotFoundException',
  ]],
  [{ class: 'invalid_request', retryable: true }, ['ABORTED', 'conflict', 'conflict_error', 'ALREADY_EXISTS']],
];

interface Refinement {
  readonly from: readonly ErrorClass[];
  readonly says: RegExp;
  readonly to: ErrorClass;
}

/**
 * What a message gives away where neither code nor status says it: the last resort. The first row that applies wins.
 * Patterns are linear and the text is bounded, as both come from outside.
 */
const BY_MESSAGE: readonly Refinement[] = [
  // Gemini speaks of billing in every RESOURCE_EXHAUSTED. A daily limit is a quota …
  { from: ['rate_limited'], says: /per[ _-]?(?:day|month)|daily|\/ ?(?:day|month)\b/i, to: 'quota_exhausted' },
  { from: ['rate_limited', 'overloaded'], says: /overload|(?:at|no|out of|over|insufficient|exceeded|limited|due to) capacity|capacity (?:is )?(?:exceeded|constraint|reached)|high demand/i, to: 'overloaded' },
  // … one that lifts within the time it names is a rate.
  { from: ['rate_limited'], says: /retry in \d|rate[ -]?limit|per[ _-]?minute|per[ _-]?second|requests? too (?:fast|frequent)/i, to: 'rate_limited' },
  {
    from: ['rate_limited', 'invalid_request', 'permission_denied', 'server_error'],
    says: /insufficient (?:balance|quota|credits?|funds)|credit balance|(?:out of|not enough|run out of|no) (?:credits?|balance)|exceeded your (?:current |monthly )?(?:quota|usage|spend|budget)|\bquota\b.{0,40}\bexceeded|billing|payment required|(?:spend|spending|monthly|usage) limit|budget has been exceeded|out of call volume quota/i,
    to: 'quota_exhausted',
  },
  {
    from: ['invalid_request', 'request_too_large', 'server_error'],
    says: /context (?:length|window|size|limit)|maximum context|prompt is too long|input is too long|prompt.{0,20}too (?:long|large)|input token count.{0,40}exceed|exceeds? the maximum number of (?:input )?tokens|longer than the model's|too many tokens: total number|input length exceeds|`?max_new_tokens`? must be <=/i,
    to: 'context_length_exceeded',
  },
  {
    from: ['invalid_request', 'permission_denied'],
    says: /api[ _-]?key (?:is )?(?:not valid|invalid|expired|incorrect|missing)|(?:invalid|incorrect|missing|expired|no) api[ _-]?key/i,
    to: 'authentication',
  },
  {
    from: ['invalid_request', 'permission_denied'],
    says: /content (?:management |filtering )?policy|content filter|usage polic(?:y|ies)|safety system|\bflagged\b|moderation/i,
    to: 'content_filtered',
  },
  { from: ['invalid_request'], says: /location is not supported|not available in your (?:country|region)/i, to: 'permission_denied' },
  {
    from: ['invalid_request'],
    says: /\b(?:model|models|deployment|version)\b.{0,160}\b(?:not found|does not exist|not exist|doesn't exist|no longer (?:available|supported)|decommissioned|not a valid model)|(?:unknown|invalid|no such|unsupported) model\b|not a valid model|^model: |model identifier is invalid|could not resolve the foundation model/i,
    to: 'model_not_found',
  },
  { from: ['invalid_request'], says: /(?:request|payload|body|content).{0,24}too large/i, to: 'request_too_large' },
  { from: ['server_error', 'invalid_request'], says: /rate[ -]?limit(?:ed)? (?:exceeded|reached|hit)|too many requests/i, to: 'rate_limited' },
  { from: ['server_error'], says: /overload|(?:at|no|out of|over|insufficient) capacity|high demand|too busy|try again later due to load|exhausted all available targets/i, to: 'overloaded' },
];

/** OpenAI and Groq say `rate_limit_exceeded` also of one request that is larger than a minute's budget: no wait makes it fit. */
const TOO_LARGE_FOR_THE_LIMIT = /^request too large for/i;

/** Bedrock throttles for a day as well. */
const SPENT_FOR_THE_DAY = /^too many (?:tokens|requests) per day/i;

/** Of a longer message only this much is looked at. */
const MESSAGE_CHARACTERS = 2_000;
/** Links into documentation (`…/rate-limits`, `…/billing`) say what to read, not what happened. */
const LINK = /https?:\/\/\S+/g;

function spelling(code: string): string {
  return code.toLowerCase().replace(/[\s_.-]/g, '').replace(/(?:exception|error)$/, '');
}

function index(table: typeof DECISIVE): ReadonlyMap<string, ClassFacts> {
  return new Map(table.flatMap(([facts, codes]) => codes.map((code) => [spelling(code), facts] as const)));
}

const DECISIVE_BY_SPELLING = index(DECISIVE);
const GENERAL_BY_SPELLING = index(GENERAL);

function lookUp(table: ReadonlyMap<string, ClassFacts>, error: ProviderError): ClassFacts | undefined {
  for (const name of [error.code, error.type]) {
    const facts = name === undefined ? undefined : table.get(spelling(name));
    if (facts !== undefined) return facts;
  }
  return undefined;
}

function refine(base: ClassFacts, message: string | undefined): ClassFacts {
  if (message === undefined) return base;
  const text = message.slice(0, MESSAGE_CHARACTERS).replace(LINK, ' ');
  const row = BY_MESSAGE.find(({ from, says }) => from.includes(base.class) && says.test(text));
  return row === undefined || row.to === base.class ? base : { class: row.to };
}

function failingStatus(error: ProviderError): number | undefined {
  // OpenRouter, Mistral and others put the HTTP status where a code would be.
  for (const status of [error.status, error.code === undefined ? undefined : Number(error.code)]) {
    if (status !== undefined && Number.isInteger(status) && status >= 400 && status <= 599) return status;
  }
  return undefined;
}

/**
 * What a provider's own error means: by its code, then by the status, then by its envelope, each but the first
 * refined by its text.
 * @param base what the response's failing status says; absent for an error inside a 200
 */
export function classOfProviderError(error: ProviderError, base?: ClassFacts): ClassFacts {
  const decisive = lookUp(DECISIVE_BY_SPELLING, error);
  if (decisive !== undefined) return decisive.class === 'rate_limited' ? refineLimit(decisive, error.message ?? '') : decisive;
  const inner = failingStatus(error);
  const coarse = base ?? (inner === undefined ? lookUp(GENERAL_BY_SPELLING, error) : classOfStatus(inner, 'own'));
  return refine(coarse ?? { class: 'server_error' }, error.message);
}

function refineLimit(limit: ClassFacts, message: string): ClassFacts {
  if (TOO_LARGE_FOR_THE_LIMIT.test(message)) return { class: 'request_too_large' };
  return SPENT_FOR_THE_DAY.test(message) ? { class: 'quota_exhausted' } : limit;
}

/** Whether an error says anything that {@link classOfProviderError} can go by, short of its text. */
export function namesClass(error: ProviderError): boolean {
  return lookUp(DECISIVE_BY_SPELLING, error) !== undefined || lookUp(GENERAL_BY_SPELLING, error) !== undefined || failingStatus(error) !== undefined;
}
