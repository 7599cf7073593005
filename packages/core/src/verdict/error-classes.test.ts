import { describe, expect, it } from 'vitest';
import type { ProviderError } from '../dialects/dialect.ts';
import { classOfProviderError } from './error-classes.ts';
import { classOfStatus } from './http-status.ts';

function classOf(status: number | undefined, error: ProviderError): string {
  return classOfProviderError(error, status === undefined ? undefined : classOfStatus(status, 'own')).class;
}

/** Errors as the providers send them. */
const ERRORS: readonly (readonly [who: string, status: number | undefined, error: ProviderError, expected: string])[] = [
  ['OpenAI, rate', 429, { code: 'rate_limit_exceeded', type: 'requests', message: 'Rate limit reached for gpt-4o in organization org-x on requests per day (RPD): Limit 200, Used 200. You can increase your rate limit by adding a payment method at https://platform.openai.com/account/billing.' }, 'rate_limited'],
  ['OpenAI, rate by tokens', 429, { type: 'tokens', message: 'Rate limit reached' }, 'rate_limited'],
  ['OpenAI, one request over the limit', 429, { code: 'rate_limit_exceeded', type: 'tokens', message: 'Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 52000.' }, 'request_too_large'],
  ['OpenAI, quota', 429, { code: 'insufficient_quota', type: 'insufficient_quota', message: 'You exceeded your current quota, please check your plan and billing details.' }, 'quota_exhausted'],
  ['OpenAI, key', 401, { code: 'invalid_api_key', type: 'invalid_request_error', message: 'Incorrect API key provided' }, 'authentication'],
  ['OpenAI, country', 403, { code: 'unsupported_country_region_territory', type: 'request_forbidden' }, 'permission_denied'],
  ['OpenAI, model', 404, { code: 'model_not_found', type: 'invalid_request_error' }, 'model_not_found'],
  ['OpenAI, context', 400, { code: 'context_length_exceeded', type: 'invalid_request_error' }, 'context_length_exceeded'],
  ['OpenAI, flagged prompt', 400, { code: 'invalid_prompt', type: 'invalid_request_error', message: 'Invalid prompt: your prompt was flagged as potentially violating our usage policy.' }, 'content_filtered'],
  ['OpenAI, parameter', 400, { code: 'unsupported_value', type: 'invalid_request_error', message: "Unsupported value: 'temperature' does not support 0.2 with this model." }, 'invalid_request'],
  ['OpenAI, too many tokens asked for', 400, { type: 'invalid_request_error', message: 'max_tokens is too large: 5000. This model supports at most 4096 completion tokens.' }, 'invalid_request'],
  ['OpenAI, overloaded', 503, { type: 'server_error', message: 'The engine is currently overloaded, please try again later.' }, 'overloaded'],
  ['OpenAI, flex', 429, { code: 'resource_unavailable', type: 'invalid_request_error' }, 'overloaded'],
  ['OpenAI, event', undefined, { code: 'server_error', message: 'The server had an error while processing your request.' }, 'server_error'],
  ['OpenAI, event', undefined, { code: 'rate_limit_exceeded' }, 'rate_limited'],
  ['Azure, deployment', 404, { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' }, 'model_not_found'],
  ['Azure, filter', 400, { code: 'content_filter', message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy." }, 'content_filtered'],
  ['Azure, inner error', 400, { code: 'ResponsibleAIPolicyViolation' }, 'content_filtered'],
  ['Azure, rate', 429, { code: '429', message: 'Requests to the ChatCompletions_Create Operation have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 6 seconds. Go here: https://aka.ms/oai/quotaincrease' }, 'rate_limited'],
  ['Anthropic', 400, { type: 'invalid_request_error', message: "messages.0.role: Input should be 'user' or 'assistant'" }, 'invalid_request'],
  ['Anthropic, context', 400, { type: 'invalid_request_error', message: 'prompt is too long: 213462 tokens > 200000 maximum' }, 'context_length_exceeded'],
  ['Anthropic, context with budget', 400, { type: 'invalid_request_error', message: 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000' }, 'context_length_exceeded'],
  ['Anthropic, credit', 400, { type: 'invalid_request_error', message: 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.' }, 'quota_exhausted'],
  ['Anthropic, filter', 400, { type: 'invalid_request_error', message: 'Output blocked by content filtering policy' }, 'content_filtered'],
  ['Anthropic, key', 401, { type: 'authentication_error' }, 'authentication'],
  ['Anthropic, billing', 402, { type: 'billing_error' }, 'quota_exhausted'],
  ['Anthropic, permission', 403, { type: 'permission_error', message: 'Your API key does not have permission to use the specified resource.' }, 'permission_denied'],
  ['Anthropic, model', 404, { type: 'not_found_error', message: 'model: claude-none' }, 'model_not_found'],
  ['Anthropic, other thing', 404, { type: 'not_found_error', message: 'Not found' }, 'invalid_request'],
  ['Anthropic, size', 413, { type: 'request_too_large' }, 'request_too_large'],
  ['Anthropic, rate', 429, { type: 'rate_limit_error', message: 'This request would exceed the rate limit for your organization.' }, 'rate_limited'],
  ['Anthropic, inner', 500, { type: 'api_error', message: 'Internal server error' }, 'server_error'],
  ['Anthropic, timeout', 504, { type: 'timeout_error' }, 'timeout'],
  ['Anthropic, overloaded', 529, { type: 'overloaded_error', message: 'Overloaded' }, 'overloaded'],
  ['Anthropic, event', undefined, { type: 'overloaded_error' }, 'overloaded'],
  ['Anthropic, event', undefined, { type: 'api_error' }, 'server_error'],
  ['Gemini, key', 400, { code: 'INVALID_ARGUMENT', message: 'API key not valid. Please pass a valid API key.' }, 'authentication'],
  ['Gemini, argument', 400, { code: 'INVALID_ARGUMENT', message: 'Invalid value at contents[0].role' }, 'invalid_request'],
  ['Gemini, context', 400, { code: 'INVALID_ARGUMENT', message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).' }, 'context_length_exceeded'],
  ['Gemini, location', 400, { code: 'FAILED_PRECONDITION', message: 'User location is not supported for the API use.' }, 'permission_denied'],
  ['Gemini, free tier', 400, { code: 'FAILED_PRECONDITION', message: 'Please enable billing on your project.' }, 'quota_exhausted'],
  ['Gemini, no key', 401, { code: 'UNAUTHENTICATED' }, 'authentication'],
  ['Gemini, permission', 403, { code: 'PERMISSION_DENIED' }, 'permission_denied'],
  ['Cohere, monthly calls of a trial key', 429, { message: "You are using a Trial key, which is limited to 1000 API calls / month. You can continue to use the Trial key for free or upgrade to a Production key with higher rate limits at 'https://dashboard.cohere.com/api-keys'." }, 'quota_exhausted'],
  ['Cohere, calls a minute of a trial key', 429, { message: "You are using a Trial key, which is limited to 20 API calls / minute. You can continue to use the Trial key for free or upgrade to a Production key with higher rate limits at 'https://dashboard.cohere.com/api-keys'." }, 'rate_limited'],
  ['Cohere, prompt', 400, { message: 'too many tokens: total number of tokens in the prompt cannot exceed 128000 - received 131072. Try using a shorter prompt, or enable prompt truncating.' }, 'context_length_exceeded'],
  ['Cohere, model', 404, { message: "model 'command-z' not found, make sure the correct model ID was used and that you have access to the model." }, 'model_not_found'],
  ['Cohere, key', 401, { message: 'invalid api token' }, 'authentication'],
  ['Hugging Face, context', 422, { message: 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 512 `max_new_tokens`', type: 'validation' }, 'context_length_exceeded'],
  ['Hugging Face, context inside a 200', undefined, { message: 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 512 `max_new_tokens`' }, 'context_length_exceeded'],
  ['Azure API management, quota', 403, { code: '403', status: 403, message: 'Out of call volume quota. Quota will be replenished in 12:53:21.' }, 'quota_exhausted'],
  ['Portkey, guardrails', 446, { type: 'hooks_failed', message: 'The guardrail checks defined in the config failed. You can find more information in the `hook_results` object.' }, 'content_filtered'],
  ['Chutes, capacity', 500, { message: 'exhausted all available targets to no avail' }, 'overloaded'],
  ['Ollama, model', 404, { message: 'model "llama9" not found, try pulling it first' }, 'model_not_found'],
  ['Ollama, queue', 503, { message: 'server busy, please try again.  maximum pending requests exceeded' }, 'overloaded'],
  ['Ollama, runner', 500, { message: 'llama runner process has terminated: exit status 2' }, 'server_error'],
  ['Ollama, embedded text', 400, { message: 'the input length exceeds the context length' }, 'context_length_exceeded'],
  ["Ollama's cloud, limit", 429, { message: 'you have reached your weekly usage limit, upgrade for higher limits: https://ollama.com/upgrade' }, 'quota_exhausted'],
  ['Gemini, model', 404, { code: 'NOT_FOUND', message: 'models/gemini-none is not found for API version v1beta, or is not supported for generateContent.' }, 'model_not_found'],
  ['Gemini, rate', 429, { code: 'RESOURCE_EXHAUSTED', message: 'Resource has been exhausted (e.g. check quota).' }, 'rate_limited'],
  ['Gemini, rate that lifts', 429, { code: 'RESOURCE_EXHAUSTED', message: 'You exceeded your current quota, please check your plan and billing details. For more, head to: https://ai.google.dev/gemini-api/docs/rate-limits. Please retry in 36.4s.' }, 'rate_limited'],
  ['Gemini, rate per minute', 429, { code: 'RESOURCE_EXHAUSTED', message: "Quota exceeded for quota metric 'Generate Content API requests per minute'" }, 'rate_limited'],
  ['Gemini, billing', 429, { code: 'RESOURCE_EXHAUSTED', message: 'You exceeded your current quota, please check your plan and billing details. For more, head to: https://ai.google.dev/gemini-api/docs/rate-limits.' }, 'quota_exhausted'],
  ['Gemini, per day', 429, { code: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded: GenerateRequestsPerDayPerProjectPerModel-FreeTier. Please retry in 12s.' }, 'quota_exhausted'],
  ['Gemini, capacity', 429, { code: 'RESOURCE_EXHAUSTED', message: 'The model is overloaded and at capacity. Please try again later.' }, 'overloaded'],
  ['Gemini, unavailable', 503, { code: 'UNAVAILABLE', message: 'The model is overloaded. Please try again later.' }, 'overloaded'],
  ['Gemini, inner', 500, { code: 'INTERNAL' }, 'server_error'],
  ['Gemini, deadline', 504, { code: 'DEADLINE_EXCEEDED' }, 'timeout'],
  ['Gemini, event', undefined, { code: 'UNAVAILABLE', status: 503 }, 'overloaded'],
  ['Gemini, event without status', undefined, { code: 'INTERNAL' }, 'server_error'],
  ['OpenRouter, credits', 402, { code: '402', message: 'Insufficient credits' }, 'quota_exhausted'],
  ['OpenRouter, moderation', 403, { code: '403', message: 'Your chosen model requires moderation and your input was flagged' }, 'content_filtered'],
  ['OpenRouter, model', 400, { code: '400', message: 'foo/bar is not a valid model ID' }, 'model_not_found'],
  ['OpenRouter, event', undefined, { code: '502', message: 'Upstream error' }, 'server_error'],
  ['Groq, size', 413, { code: 'rate_limit_exceeded', type: 'tokens', message: 'Request too large for model `llama` on tokens per minute (TPM): Limit 6000, Requested 8000' }, 'request_too_large'],
  ['Groq, tool', 400, { code: 'tool_use_failed', type: 'invalid_request_error' }, 'invalid_tool_call'],
  ['Groq, JSON', 400, { code: 'json_validate_failed', type: 'invalid_request_error' }, 'invalid_output'],
  ['Groq, gone', 400, { code: 'model_decommissioned', type: 'invalid_request_error' }, 'model_not_found'],
  ['Groq, flex', 498, { message: 'Flex tier capacity exceeded' }, 'overloaded'],
  ['Together, model', 404, { code: 'model_not_available', type: 'invalid_request_error' }, 'model_not_found'],
  ['Mistral, rate', 429, { type: 'rate_limited', code: '1300', message: 'Requests rate limit exceeded' }, 'rate_limited'],
  ['Mistral, capacity', 429, { type: 'service_tier_capacity_exceeded', code: '3505', message: 'Service tier capacity exceeded for this model.' }, 'overloaded'],
  ['Mistral, model', 400, { type: 'invalid_model', code: '1500', message: 'Invalid model: none' }, 'model_not_found'],
  ['DeepSeek, balance', 402, { type: 'unknown_error', code: 'invalid_request_error', message: 'Insufficient Balance' }, 'quota_exhausted'],
  ['DeepSeek, model', 400, { type: 'invalid_request_error', code: 'invalid_request_error', message: 'Model Not Exist' }, 'model_not_found'],
  ['Moonshot, overloaded', 429, { type: 'engine_overloaded_error' }, 'overloaded'],
  ['Moonshot, quota', 429, { type: 'exceeded_current_quota_error' }, 'quota_exhausted'],
  ['Cerebras, tokens', 429, { code: 'token_quota_exceeded', type: 'too_many_tokens_error' }, 'rate_limited'],
  ['xAI, credits', 403, { message: 'Your team has run out of credits. Please purchase more credits.' }, 'quota_exhausted'],
  ['vLLM, context', 400, { type: 'BadRequestError', code: '400', message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens." }, 'context_length_exceeded'],
  ['vLLM, model', 404, { type: 'NotFoundError', code: '404', message: 'The model `none` does not exist.' }, 'model_not_found'],
  ['LiteLLM, budget', 400, { type: 'budget_exceeded', message: 'Budget has been exceeded! Current cost: 1.2' }, 'quota_exhausted'],
  ['LiteLLM, context', 400, { code: '400', type: 'ContextWindowExceededError' }, 'context_length_exceeded'],
  ['Hugging Face, credits', 402, { message: 'You have exceeded your monthly included credits for Inference Providers.' }, 'quota_exhausted'],
  ['AWS', 429, { code: 'ThrottlingException' }, 'rate_limited'],
  ['nobody, in a 500', 500, { message: 'Model is overloaded' }, 'overloaded'],
];

describe('a provider’s error', () => {
  it.each(ERRORS)('of %s (status %s, %j) is told', (_who, status, error, expected) => {
    expect(classOf(status, error)).toBe(expected);
  });

  it('is read whatever the case and the separators of its code', () => {
    for (const code of ['ContextLengthExceeded', 'context-length-exceeded', 'CONTEXT_LENGTH_EXCEEDED']) expect(classOf(400, { code })).toBe('context_length_exceeded');
  });

  it('goes by its code before its text', () => {
    expect(classOf(429, { code: 'rate_limit_exceeded', message: 'billing, quota, overloaded' })).toBe('rate_limited');
  });

  it('does not go by the name of a link to the documentation', () => {
    expect(classOf(400, { type: 'invalid_request_error', message: 'Bad field. See https://example.com/billing/context-length' })).toBe('invalid_request');
  });

  it('with a very long text is read in its beginning only', () => {
    expect(classOf(400, { message: `${'x'.repeat(100_000)} maximum context length` })).toBe('invalid_request');
  });
});
