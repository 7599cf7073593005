/**
 * A covering set of calls: every dialect, unary and streamed, with all parameters and with none, with tools, and with
 * every fault that a call to OpenAI's chat can meet.
 */
import { appliesTo, FAULTS } from '@outspan/fault-provider';
import type { DialectId } from '@outspan/core';
import type { Mode } from '@outspan/fault-provider';

/** How a call is made. The functions that make it are in `application/make-call.ts`, under `kind`. */
export interface Call {
  readonly name: string;
  readonly kind: CallKind;
  /** What the provider plays. */
  readonly script: string;
  readonly retries: number;
  /** Conditional attributes that apply to its operation: what it asks for, and what it is answered. */
  readonly applies: readonly string[];
  /** Whether the application gets an answer. */
  readonly succeeds: boolean;
}

export type CallKind =
  | 'chat'
  | 'chat with everything'
  | 'chat stream'
  | 'chat stream, left'
  | 'chat with tools'
  | 'chat stream with tools'
  | 'responses'
  | 'responses with everything'
  | 'responses stream'
  | 'responses with tools'
  | 'embeddings'
  | 'embeddings with everything'
  | 'messages'
  | 'messages with everything'
  | 'messages stream'
  | 'messages with tools'
  | 'generateContent'
  | 'generateContent with everything'
  | 'generateContentStream'
  | 'generateContent with tools';

const SAMPLING = ['gen_ai.request.temperature', 'gen_ai.request.top_p', 'gen_ai.request.max_tokens'];
const STREAMED = ['gen_ai.request.stream', 'gen_ai.response.time_to_first_chunk'];

const HEALTHY: Readonly<Record<CallKind, readonly string[]>> = {
  chat: ['openai.response.service_tier', 'openai.response.system_fingerprint'],
  'chat with everything': [
    ...SAMPLING,
    'gen_ai.request.frequency_penalty',
    'gen_ai.request.presence_penalty',
    'gen_ai.request.stop_sequences',
    'gen_ai.request.seed',
    'gen_ai.request.choice.count',
    'gen_ai.request.reasoning.level',
    'gen_ai.output.type',
    'openai.request.service_tier',
  ],
  'chat stream': STREAMED,
  'chat stream, left': ['gen_ai.request.stream'],
  'chat with tools': [],
  'chat stream with tools': STREAMED,
  responses: ['openai.response.service_tier'],
  'responses with everything': [
    ...SAMPLING,
    'gen_ai.request.reasoning.level',
    'gen_ai.request.previous_response.id',
    'gen_ai.output.type',
    'openai.request.service_tier',
  ],
  'responses stream': STREAMED,
  'responses with tools': [],
  embeddings: [],
  'embeddings with everything': ['gen_ai.request.encoding_formats', 'gen_ai.embeddings.dimension.count'],
  messages: ['gen_ai.request.max_tokens'],
  'messages with everything': ['gen_ai.request.max_tokens', 'gen_ai.request.stop_sequences', 'gen_ai.request.reasoning.level'],
  'messages stream': ['gen_ai.request.max_tokens', ...STREAMED],
  'messages with tools': ['gen_ai.request.max_tokens'],
  generateContent: [],
  'generateContent with everything': [...SAMPLING, 'gen_ai.request.top_k', 'gen_ai.request.stop_sequences', 'gen_ai.request.seed', 'gen_ai.output.type'],
  generateContentStream: STREAMED,
  'generateContent with tools': [],
};

const TOOL_KINDS = /tools/;

function healthy(kind: CallKind, applies: readonly string[]): Call {
  return { name: kind, kind, script: TOOL_KINDS.test(kind) ? 'ok_tool_call' : 'ok', retries: 0, applies, succeeds: true };
}

/** Answers that take seconds to send say nothing of names that the short ones do not. */
const LONG = /huge|split_bytes|slow/;

function faulty(dialect: DialectId, mode: Mode, kind: CallKind): Call[] {
  return FAULTS.filter((fault) => appliesTo(fault, { dialect, mode }) && !LONG.test(fault.id) && fault.id !== 'ok').map((fault) => ({
    name: `${kind}: ${fault.id}`,
    kind,
    script: fault.id,
    retries: 0,
    applies: [],
    succeeds: false,
  }));
}

/** Of the dialects beside OpenAI's chat, one failure of each kind: by status, by a broken body, by a cut stream. */
const FEW_FAULTS: readonly Call[] = [
  ['responses', 'rate_limited'],
  ['responses', 'json_half'],
  ['responses stream', 'stream_cut'],
  ['embeddings', 'unauthenticated'],
  ['embeddings', 'json_half'],
  ['messages', 'overloaded'],
  ['messages', 'html_200'],
  ['messages stream', 'stream_cut'],
  ['messages stream', 'server_error'],
  ['generateContent', 'server_error'],
  ['generateContent', 'json_half'],
  ['generateContentStream', 'stream_cut'],
].map(([kind, script]) => ({ name: `${kind}: ${script}`, kind: kindOf(kind), script: script ?? '', retries: 0, applies: [], succeeds: false }));

const RETRIED: readonly Call[] = (['chat', 'chat stream', 'messages', 'messages stream'] as const).map((kind) => ({
  name: `${kind}: 502, 502, then an answer`,
  kind,
  script: '502,502,ok',
  retries: 2,
  applies: ['outspan.retry.delay'],
  succeeds: true,
}));

function kindOf(kind: string | undefined): CallKind {
  if (kind === undefined || !isKind(kind)) throw new RangeError(`no call is of kind ${kind}`);
  return kind;
}

function isKind(kind: string): kind is CallKind {
  return Object.hasOwn(HEALTHY, kind);
}

export const CALLS: readonly Call[] = [
  ...Object.entries(HEALTHY).map(([kind, applies]) => healthy(kindOf(kind), applies)),
  ...RETRIED,
  ...FEW_FAULTS,
  ...faulty('openai.chat', 'unary', 'chat'),
  ...faulty('openai.chat', 'stream', 'chat stream'),
];
