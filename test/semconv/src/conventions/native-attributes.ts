import type { AttributeType } from './registry.ts';

/**
 * What an SDK that traces itself writes to its own span beside the GenAI conventions. Such a span is adopted, not ours: it
 * keeps its name, and these. By instrumentation scope; Anthropic's as of @anthropic-ai/sdk 1.12 (`internal/tracing`).
 */
export const NATIVE_ATTRIBUTES: ReadonlyMap<string, ReadonlyMap<string, AttributeType>> = new Map([
  [
    'com.anthropic.sdk.typescript',
    new Map<string, AttributeType>([
      ['anthropic.beta', 'string[]'],
      ['anthropic.message.stop_reason', 'string'],
      ['anthropic.organization.id', 'string'],
      ['anthropic.request.id', 'string'],
      ['anthropic.request.service_tier', 'string'],
      ['anthropic.response.service_tier', 'string'],
      ['anthropic.thinking.budget_tokens', 'int'],
      ['anthropic.thinking.type', 'string'],
      ['anthropic.usage.cache_creation.ephemeral_1h_input_tokens', 'int'],
      ['anthropic.usage.cache_creation.ephemeral_5m_input_tokens', 'int'],
      ['http.request.method', 'string'],
      ['http.request.resend_count', 'int'],
      ['http.response.status_code', 'int'],
      ['http.route', 'string'],
      ['url.full', 'string'],
      ['url.path', 'string'],
      ['url.query', 'string'],
      ['url.scheme', 'string'],
    ]),
  ],
]);
