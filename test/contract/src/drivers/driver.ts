import type { Boundary, DialectId } from '@outspan/core';
import type { Mode } from '@outspan/fault-provider';
import type { Observation } from '../application/observation.ts';
import type { LoadableModules, LoadModule } from '../application/modules.ts';
import type { Tracing } from '../runner/job.ts';

/** How the application uses what the SDK gives it. */
export const PATTERNS = ['read', 'abort_before_head', 'abort_in_body', 'abort_mid_stream', 'break_after_first', 'never_read'] as const;
/** How the application uses what the SDK gives it. */
export type Pattern = (typeof PATTERNS)[number];

/** Modules that share a process: copies of undici each need one of their own, because importing one can replace the transport of Node's fetch. */
export type ApplicationName = 'sdks' | 'undici-6' | 'undici-7' | 'undici-8';

/** The libraries whose calls are proven. */
export type Library = '@aws-sdk/client-bedrock-runtime' | 'openai' | '@anthropic-ai/sdk' | 'groq-sdk' | 'together-ai' | '@google/genai' | '@mistralai/mistralai' | '@openrouter/sdk' | '@huggingface/inference' | 'replicate' | '@azure-rest/ai-inference' | 'cohere-ai' | 'ollama' | 'langchain' | '@llamaindex/openai' | 'ai' | '@openai/agents' | 'fetch' | 'undici' | 'node:http' | 'node:http2' | 'axios' | 'node-fetch' | 'got';

/** What a call is made with. */
export interface CallSettings {
  /** Of the cell's session; `/v1` is not in it. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly pattern: Pattern;
  readonly retries: number;
  /** Milliseconds: the SDK's own deadline. */
  readonly timeoutMs: number;
  /** Whether the request offers a tool. */
  readonly tools: boolean;
  /** Aborted by the application: by the pattern, or because it gives up. */
  readonly caller: AbortController;
  /** Resolves when the provider has sent what comes before its silence: nothing, a head, or half of a body. */
  readonly underWay: () => Promise<void>;
  readonly load: LoadModule;
  readonly observe: Observation;
  /** Outspan's `observe` for the library's clients, in a run that observes them by hand. */
  readonly byHand?: <Client>(client: Client) => Client;
  /** What another suite puts into the requests beside the question. */
  readonly more?: More;
}

/** What is asked and sent beside what these drivers ask and send. */
export interface More {
  /** Headers of every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Members that are put into a request of a dialect, in place of those it has. */
  readonly members: (dialect: DialectId) => object;
}

/** The libraries whose clients can be observed by hand, and the package that does it. */
export const BY_HAND = {
  openai: '@outspan/instrumentation-openai',
  '@anthropic-ai/sdk': '@outspan/instrumentation-openai',
  'groq-sdk': '@outspan/instrumentation-openai',
  'together-ai': '@outspan/instrumentation-openai',
  '@google/genai': '@outspan/instrumentation-google-genai',
  '@mistralai/mistralai': '@outspan/instrumentation-mistral',
  'cohere-ai': '@outspan/instrumentation-cohere',
  ollama: '@outspan/instrumentation-ollama',
  '@aws-sdk/client-bedrock-runtime': '@outspan/instrumentation-aws-bedrock',
} as const;

/** Whether a library's clients can be observed by hand. */
export function isObservable(library: Library): library is keyof typeof BY_HAND {
  return library in BY_HAND;
}

/** The driver's client, observed by hand where the run does that. */
export function given<Client>({ byHand }: CallSettings, client: Client): Client {
  return byHand === undefined ? client : byHand(client);
}

/** How the boundary of a driver's calls is known. A client that is observed by hand is as one whose class is hooked. */
export function knownAs({ library }: Driver, tracing: Exclude<Tracing, 'off'>): 'hooked' | 'hookless' {
  return tracing === 'observed' ? (isObservable(library) ? 'hooked' : 'hookless') : tracing;
}

/** The request of a driver, with what another suite puts into it. */
export function asked<Request extends object>(dialect: DialectId, more: More | undefined, request: Request): Request {
  return more === undefined ? request : { ...request, ...more.members(dialect) };
}

/** Node's fetch, with headers for every request of an SDK that takes none. */
export function withHeaders(headers: Readonly<Record<string, string>>): typeof fetch {
  return (input, init) => fetch(input, { ...init, headers: { ...Object.fromEntries(new Headers(init?.headers)), ...headers } });
}

/** Whose deadline ends a silence. `none`: the application has to give up by itself. */
export type Deadline = 'own' | 'none';

/** What is not played, and why. */
export interface LeftOut {
  readonly faults: RegExp;
  /** The faults in words. */
  readonly meets: string;
  readonly reason: string;
}

/** One way to make a call, and what is known of how it behaves. */
export interface Driver {
  readonly id: string;
  readonly library: Library;
  readonly application: ApplicationName;
  /** What it loads. */
  readonly modules: readonly (keyof LoadableModules)[];
  readonly dialect: DialectId;
  readonly mode: Mode;
  /** OpenAI chat streams: whether usage is asked for. */
  readonly includeUsage?: boolean;
  /** It asks for structured output. */
  readonly structured?: true;
  /** How the boundary of its calls is known with the module hooks, and with the diagnostics channels alone. */
  readonly boundary: { readonly hooked: Boundary; readonly hookless: Boundary };
  /** The model that is asked, where the format of its answers is the model's. */
  readonly model?: string;
  /** Requests that one call makes at most, by how often it may retry. */
  readonly attempts: (retries: number) => number;
  /** Its transport tells of a reset also where the end of the connection delimits the body; others take it for that end. */
  readonly tellsEveryReset?: true;
  /** Which silences its own deadline ends. */
  readonly deadline: { readonly head: Deadline; readonly body: Deadline };
  readonly patterns: readonly Pattern[];
  /** Its SDK does not cancel the response to a stream that its reader leaves: when that exchange ends is for the garbage collector to say. */
  readonly leavesOpen?: true;
  /** Faults that are not played to it, because what comes of them is chance without Outspan as well. */
  readonly leftOut?: LeftOut;
  /** Names of the spans that the SDK makes around the one that stands for the call, and of its own for each further try. */
  readonly around?: RegExp;
  /** The SDK's own span holds the prompt, which is the application's affair. */
  readonly recordsContent?: true;
  /** Makes the call and tells the observation all that the application sees. Throws what the SDK throws. */
  call(settings: CallSettings): Promise<void>;
}

/** Patterns of one-document calls. */
export const UNARY_PATTERNS: readonly Pattern[] = ['read', 'abort_before_head', 'abort_in_body'];
/** Patterns of streams. */
export const STREAM_PATTERNS: readonly Pattern[] = ['read', 'abort_before_head', 'abort_mid_stream', 'break_after_first', 'never_read'];
