import type { DialectId, ErrorClass, Origin, Phase, TruncationKind } from '@outspan/core';
import type { Call, Mode } from '../dialects/call.ts';
import type { WireDialect } from '../dialects/wire-dialect.ts';
import type { Reply } from '../wire/reply.ts';
import type { Tokens, UsageSent } from '../wire/said.ts';

/** Where a fault is met. */
export interface Cell {
  readonly dialect: DialectId;
  readonly mode: Mode;
  /** OpenAI chat streams: the request asked for usage (`stream_options.include_usage`). Default false. */
  readonly includeUsage?: boolean;
  /** The model, where the format is the model's. */
  readonly model?: string;
  /** The request asked for structured output. Default false. */
  readonly structured?: boolean;
  /** How many choices the request asked for. Default 1. */
  readonly choices?: number;
}

/** What a right verdict says of one attempt, for a client that reads the answer to its end and has a deadline. */
export interface Judgement {
  /** Whether the attempt failed. Where it did not, class, origin and retryable are absent. */
  readonly failed: boolean;
  readonly class?: ErrorClass;
  readonly origin?: Origin;
  readonly retryable?: boolean;
  /** With class `timeout`, or a stall: which deadline passes. */
  readonly phase?: Phase;
  /** Primary first. */
  readonly truncation?: readonly TruncationKind[];
  /** Tool calls whose arguments do not parse. */
  readonly invalidToolCalls?: number;
}

/** What is true about one attempt that meets a fault: the judgement, and what was on the wire. */
export interface Truth extends Judgement {
  /** The same bytes for a client whose transport takes a reset for the end of the body (undici does, where only the end of the connection delimits it). */
  readonly whenResetIsHidden?: Judgement;
  /** Requests that the provider logs for the attempt: 0 when the connection is refused, 2 when it is redirected. */
  readonly requests: number;
  /** How much of what was promised is sent. `head`: no byte of a body. */
  readonly whatIsSent: 'nothing' | 'head' | 'partial' | 'whole';
  /** Status of the (last) head, when one is sent. */
  readonly status?: number;
  readonly usageSent: UsageSent;
  /** The counts behind {@link usageSent}, in the conventions' sense: `input` with cached, `output` with reasoning tokens. */
  readonly tokens?: Tokens;
  /** One per choice, as the provider spells it. For the responses API: the status, or the reason of an incomplete one. */
  readonly finishReasonsSent: readonly string[];
  readonly idSent: boolean;
  readonly modelSent: boolean;
  /** Whether the dialect's own proof of the end is sent. */
  readonly terminalSent: boolean;
  /** The provider's own headers are there (request id, rate limits …). False for what a proxy or a CDN answers. */
  readonly providerSigned: boolean;
  /** Seconds, when a `retry-after` is sent. */
  readonly retryAfter?: number;
  /** How the raw call of the provider's own SDK takes it (measured): `silent` gives no sign of the loss, it resolves or its stream just ends; `loud` throws although nothing of the answer is lost. Absent: as it should. */
  readonly sdk?: 'silent' | 'loud';
}

/** Where a fault can be met. */
export interface Applies {
  readonly dialects: readonly DialectId[];
  readonly modes: readonly Mode[];
  /** Only where the request asked for structured output. */
  readonly structured?: true;
  /** Pairs that the two lists would allow and the dialect does not. */
  readonly except?: readonly Pick<Cell, 'dialect' | 'mode'>[];
}

/** One way in which a provider misbehaves, or does not: healthy answers are entries too. */
export interface Fault {
  /** What scripts call it. */
  readonly id: string;
  /** Other names that scripts may use: `502`. */
  readonly aliases: readonly string[];
  /** One sentence: what it plays. */
  readonly title: string;
  readonly applies: Applies;
  /**
   * What is true about one attempt that meets it.
   * @throws RangeError when the fault cannot be met in this cell
   */
  truth(cell: Cell): Truth;
  /** How: the answer to one request, as a value. `'refuse'` where no server listens. */
  readonly play: Play | 'refuse';
}

/** Makes the answer to one request. */
export type Play = (call: Call, dialect: WireDialect) => Reply;

/** Every dialect. */
export const DIALECTS: readonly DialectId[] = [
  'openai.chat', 'openai.responses', 'openai.embeddings', 'openai.images', 'openai.transcriptions', 'openai.speech', 'openai.moderations', 'anthropic.messages', 'gemini.generate_content', 'gemini.embed_content',
  'aws.bedrock.converse', 'aws.bedrock.invoke_model', 'cohere.chat', 'cohere.v1_chat', 'cohere.embed', 'cohere.rerank', 'ollama.chat', 'ollama.generate', 'ollama.embed',
  'ai_gateway.language_model', 'replicate.predictions', 'huggingface.task', 'huggingface.feature_extraction',
];
/** Those whose answers are generated text, so that they can be streamed and can end early. */
export const GENERATING: readonly DialectId[] = ['openai.chat', 'openai.responses', 'anthropic.messages', 'gemini.generate_content', 'aws.bedrock.converse', 'aws.bedrock.invoke_model', 'cohere.chat', 'cohere.v1_chat', 'ollama.chat', 'ollama.generate', 'ai_gateway.language_model', 'replicate.predictions'];
/** Those of them that say what ended an answer, and can call tools. Of Replicate's models nobody knows. */
export const FINISHING: readonly DialectId[] = GENERATING.filter((dialect) => dialect !== 'replicate.predictions');
/** Those that have no streams, or none here. */
export const STREAMLESS: readonly DialectId[] = DIALECTS.filter((dialect) => !GENERATING.includes(dialect));
/** Those whose answers are JSON: of half of another one, nobody can tell that it is half but by its framing. */
export const DOCUMENTS: readonly DialectId[] = DIALECTS.filter((dialect) => dialect !== 'openai.speech');
/** AWS's: binary streams, whose clients neither follow redirects nor undo content codings. */
export const BEDROCK: readonly DialectId[] = ['aws.bedrock.converse', 'aws.bedrock.invoke_model'];
/** All others. */
export const NOT_BEDROCK: readonly DialectId[] = DIALECTS.filter((dialect) => !BEDROCK.includes(dialect));
/** Both modes. */
export const MODES: readonly Mode[] = ['unary', 'stream'];

/** Whether the fault can be met there. A fault of both modes meets a dialect without streams in unary mode only. */
export function appliesTo(fault: Fault, cell: Pick<Cell, 'dialect' | 'mode' | 'structured'>): boolean {
  const { dialects, modes, structured, except = [] } = fault.applies;
  if (structured === true && cell.structured !== true) return false;
  return dialects.includes(cell.dialect) && modes.includes(cell.mode) && !(cell.mode === 'stream' && STREAMLESS.includes(cell.dialect)) && !except.some(({ dialect, mode }) => dialect === cell.dialect && mode === cell.mode);
}
