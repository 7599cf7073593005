import type { JsonValue } from '../body/json.ts';
import type { JsonObject } from '../body/json-access.ts';

/** The provider's wire format of a call. */
export type DialectId = 'openai.chat' | 'openai.responses' | 'openai.embeddings' | 'openai.images' | 'openai.transcriptions' | 'openai.speech' | 'openai.moderations' | 'anthropic.messages' | 'gemini.generate_content' | 'gemini.embed_content' | 'aws.bedrock.converse' | 'aws.bedrock.invoke_model'
  | 'cohere.chat' | 'cohere.v1_chat' | 'cohere.embed' | 'cohere.rerank' | 'ollama.chat' | 'ollama.generate' | 'ollama.embed'
  | 'ai_gateway.language_model' | 'replicate.predictions' | 'huggingface.task' | 'huggingface.feature_extraction';

/** Formats that are spoken over a WebSocket alone: no path of a request tells them. */
export type SocketDialectId = 'openai.realtime';

/** `gen_ai.operation.name` of the calls that are read. `moderation`, `rerank` and `prediction` (by a model that may do anything) are no names of the conventions, which have none for them. */
export type OperationName = 'moderation' | 'rerank' | 'prediction' | 'chat' | 'generate_content' | 'embeddings' | 'text_completion';

/** What structured output was asked for: any JSON, or a JSON object. */
export type JsonPromise = 'json' | 'json_object';

/** What the request says about the call. Numbers are as the caller gave them; nothing is defaulted. */
export interface RequestFacts {
  readonly operation: OperationName;
  readonly model?: string;
  readonly stream: boolean;
  /** Request attributes that were set by the caller (`gen_ai.request.*`, `openai.request.*` …), by their conventional names. */
  readonly parameters: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** How many choices were asked for, when that is not one. */
  readonly choices?: number;
  /** Whether tools are offered: only then can the answer hold tool calls. `undefined` when the body could not be read. */
  readonly offersTools?: boolean;
  /** Set when structured output was asked for: the answer's text is promised as JSON. */
  readonly promised?: JsonPromise;
}

/** Tokens as the provider counted them; `input` includes cached ones (semconv 4.3). */
export interface Usage {
  readonly input?: number;
  readonly output?: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly reasoning?: number;
  /** Sub-counts per modality, already subsets of the totals. */
  readonly inputByModality?: Readonly<Partial<Record<'text' | 'image' | 'audio', number>>>;
  readonly outputByModality?: Readonly<Partial<Record<'text' | 'image' | 'audio', number>>>;
}

/** The provider's own error, from an error body or an in-band error event. */
export interface ProviderError {
  /** The fine code: `insufficient_quota`, `context_length_exceeded`, `RESOURCE_EXHAUSTED` … */
  readonly code?: string;
  /** The envelope's type: `invalid_request_error`, `overloaded_error` … */
  readonly type?: string;
  /** Free text; may echo what the caller sent, so it is never exported as it is. */
  readonly message?: string;
  /** The HTTP status inside the error, where the wire format has one. */
  readonly status?: number;
}

/** One tool call of an answer. */
export interface ToolCallFacts {
  readonly id?: string;
  readonly name?: string;
  /** `valid`: the arguments parse as JSON (or are empty where the format allows that). `incomplete`: a proper prefix of JSON. `invalid`: neither, or against the tool's schema where that is checked. */
  readonly arguments: 'valid' | 'incomplete' | 'invalid';
}

/** What an answer says of itself, whole or as far as it came. */
export interface AnswerFacts {
  readonly id?: string;
  readonly model?: string;
  readonly usage?: Usage;
  /** One per choice, in its order, mapped to nothing: as the provider spells it. Empty when none came. */
  readonly finishReasons: readonly string[];
  /** How many choices began, whether or not they finished. */
  readonly choices: number;
  /** The dialect's proof that nothing more was to come: terminal event, or finish reason where the dialect has no such event. */
  readonly terminal: boolean;
  /** The provider says that its token budget ended the answer. */
  readonly tokenLimited: boolean;
  /** The provider says that its filter ended or refused the answer. */
  readonly filtered: boolean;
  /**
   * The provider is still at work: paths, by their last two parts, at which the rest will be asked for. A request to one of them is an exchange of
   * the same call, whatever its method, and no other try at it.
   */
  readonly rest?: readonly string[];
  /** The provider says that the caller cancelled the work. */
  readonly cancelled?: boolean;
  /** The body is shaped as this dialect's answer at all. `false` for foreign JSON under status 200. */
  readonly recognised: boolean;
  readonly error?: ProviderError;
  readonly toolCalls: readonly ToolCallFacts[];
  /** JSON was promised, and the text of a choice is none, or violates the request's schema, although its finish reason claims that it is whole. */
  readonly brokenPromise?: true;
  /** What the answer violates of the request's schemas: `output` or a tool's name, then the place in its schema. Only where that is checked. */
  readonly violations?: readonly string[];
  /** Further response attributes by their conventional names (`openai.response.service_tier` …). */
  readonly attributes: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** The answer in the conventions' message form; only where content is captured. */
  readonly messages?: readonly JsonValue[];
}

/** One server-sent event, one element of a JSON-array stream (then `data` is the element's text), or one message of an AWS event stream. */
export interface StreamEvent {
  /** The `event:` field; absent when none was sent. */
  readonly name?: string;
  /** The `data:` lines joined by LF; of a binary message its payload. */
  readonly data: string;
  /** Of a binary message that is an error: its type (`throttlingException`). */
  readonly exception?: string;
}

/** Gathers one stream's events into facts. Not reusable. */
export interface EventReader {
  /**
   * Takes the next event. Events may be missing between two pushes when {@link Dialect.needsEveryEvent} said no.
   * @returns false when `event` is not parseable as this dialect's event
   */
  push(event: StreamEvent): boolean;
  /** Takes an event that an SDK parsed already. */
  pushParsed(event: unknown): void;
  /** Whether the dialect's terminal event (or what stands for it) was pushed. */
  readonly terminal: boolean;
  /** Whether clients read nothing more: what comes then is no part of the answer. Default: `terminal`. */
  readonly closed?: boolean;
  /** What was gathered so far. */
  facts(): AnswerFacts;
}

/** What a reader is to keep besides facts. */
export interface ReadOptions {
  /** Keep the answer's messages, at most this many bytes of text; 0 keeps none. */
  readonly contentBytes: number;
  /** What the request was promised of the answer's text ({@link RequestFacts.promised}). Absent: the text is not judged. */
  readonly promised?: JsonPromise | undefined;
}

/** The request as far as the wire shows it. */
export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  /** The body's bytes, when they were seen and are within the cap. */
  readonly body?: Uint8Array;
}

/**
 * One wire format. The only thing to write to add a provider's own format: a new OpenAI-compatible
 * provider is a row in `providers/table.ts` instead.
 */
export interface Dialect {
  readonly id: DialectId | SocketDialectId;
  /** What its calls are, where the request was not seen. */
  readonly operation: OperationName;
  /** Healthy answers may be media or plain text instead of JSON and events; their framing alone tells whether they are whole. */
  readonly answersRaw?: true;
  /**
   * Whose dialect it is, where its paths are those of other services as well (`/api/chat` is any chat application's): a request is in it
   * only where it is known to go to this provider, by its address or by the client that sends it.
   */
  readonly spokenBy?: string;
  /** Set where its paths are those of other services as well, and its bodies tell. Absent: its paths tell, or {@link spokenBy} does. */
  readonly sharedPaths?: SharedPaths;
  /** Whether a request to this path is in this dialect. `path` has no query and no trailing slash. */
  matches(method: string, path: string): boolean;
  /** What headers of the request say, where the format has it there. It goes before what the body says. */
  readHeaders?(header: (name: string) => string | undefined): Partial<Pick<RequestFacts, 'model' | 'stream'>>;
  /** Reads the request. `body` is absent when it was not seen; `url` still tells what it can (Gemini's model, `alt=sse`). */
  readRequest(url: URL, body: Uint8Array | undefined): RequestFacts;
  /** The same from the parameters an SDK method was given. */
  readRequestParameters(parameters: Readonly<Record<string, unknown>>): RequestFacts;
  /** Reads a whole JSON document, also an error body. */
  readAnswer(body: unknown, options: ReadOptions): AnswerFacts;
  /** Its streams are JSON documents, one a line, in place of server-sent events (which are read all the same where they come). */
  readonly streamsLines?: true;
  /** A document in place of a stream is read as its only event by this dialect's SDK; others' find nothing in it. */
  readonly streamsDocuments?: true;
  /** The events of its streams hold plain text, where others have JSON. */
  readonly streamsText?: true;
  /** Whether clients skip events of this name, whatever data they have. */
  skipsEvent?(name: string): boolean;
  /** Whether the middle of the stream matters (tool calls, several choices), or its first and last events suffice. */
  needsEveryEvent(request: RequestFacts): boolean;
  /** Starts reading a stream. */
  readEvents(request: RequestFacts, options: ReadOptions): EventReader;
  /**
   * The conventions' content of a request (`gen_ai.input.messages`, `gen_ai.system_instructions`, `gen_ai.tool.definitions`) and its schema;
   * called only where content is captured or answers are checked against schemas.
   */
  readContent(body: unknown): RequestContent;
}

/** How a request is told from a stranger's, on a host that no provider's row knows and from a client that is not known either. */
export interface SharedPaths {
  /** Those of its paths that nobody else has. */
  readonly telling?: RegExp;
  /** Members of a request's body. It has all those of one of these lists. */
  readonly bodies: readonly (readonly string[])[];
}

/** A request's content in the conventions' forms. */
export interface RequestContent {
  readonly inputMessages?: readonly JsonValue[];
  readonly systemInstructions?: readonly JsonValue[];
  readonly toolDefinitions?: readonly JsonValue[];
  /** What the variables of a named prompt were set to. */
  readonly promptVariables?: JsonObject;
  /** The JSON Schema that the output was asked for in. */
  readonly outputSchema?: JsonObject;
}
