import type { DialectId, SocketDialectId } from '../dialects/dialect.ts';
import type { HostPattern } from './host-pattern.ts';
import { fitsHost, readHostPattern } from './host-pattern.ts';
import type { ProviderRow } from './table.ts';
import { PROVIDERS } from './table.ts';

/** Who is asked. */
export interface ProviderFacts {
  /** `gen_ai.provider.name`: who it is by its address, else the flavour of telemetry that its dialect has. */
  readonly name: string;
  /** A service that is not the caller's own: it gets no header of ours. */
  readonly public: boolean;
  /** Whether a row of the table knows it; else the name is the dialect's. */
  readonly known: boolean;
}

/** Rows as they can be used, and what is wrong with the others. */
export interface AcceptedRows {
  readonly accepted: readonly ProviderRow[];
  /** One sentence for each row that was refused, fit to be logged. */
  readonly refusals: readonly string[];
}

/** Who speaks a dialect where its address does not say. */
const BY_DIALECT: Readonly<Record<DialectId | SocketDialectId, string>> = {
  'openai.chat': 'openai',
  'openai.responses': 'openai',
  'openai.realtime': 'openai',
  'openai.embeddings': 'openai',
  'openai.images': 'openai',
  'openai.transcriptions': 'openai',
  'openai.speech': 'openai',
  'openai.moderations': 'openai',
  'anthropic.messages': 'anthropic',
  'gemini.generate_content': 'gcp.gemini',
  'gemini.embed_content': 'gcp.gemini',
  'aws.bedrock.converse': 'aws.bedrock',
  'aws.bedrock.invoke_model': 'aws.bedrock',
  'cohere.chat': 'cohere',
  'cohere.v1_chat': 'cohere',
  'cohere.embed': 'cohere',
  'cohere.rerank': 'cohere',
  'ollama.chat': 'ollama',
  'ollama.generate': 'ollama',
  'ollama.embed': 'ollama',
  'ai_gateway.language_model': 'vercel',
  'replicate.predictions': 'replicate',
  'huggingface.task': 'hugging_face',
  'huggingface.feature_extraction': 'hugging_face',
};

interface Matcher {
  readonly row: ProviderRow;
  readonly hosts: readonly HostPattern[] | undefined;
}

const NAME = /^[a-z0-9_.-]{1,64}$/;

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

/** Rows come from a user's configuration, where nothing need hold to the type. */
function compile(row: ProviderRow): Matcher | { readonly wrong: string } {
  const { name, hosts: given, paths }: { readonly name: unknown; readonly hosts?: unknown; readonly paths?: unknown } = row;
  if ((given !== undefined && !isTexts(given)) || (paths !== undefined && !isTexts(paths))) return { wrong: 'its hosts and paths must be lists of strings' };
  if (typeof name !== 'string' || !NAME.test(name)) return { wrong: 'its name must be lower-case letters, digits, dots, dashes and underscores, 64 at most' };
  if (row.port !== undefined && !(Number.isInteger(row.port) && row.port > 0 && row.port < 65_536)) return { wrong: 'its port is not a number from 1 to 65535' };
  const crooked = paths?.find((path) => !path.startsWith('/'));
  if (crooked !== undefined) return { wrong: `its path ${JSON.stringify(crooked.slice(0, 80))} does not begin with /` };
  if (given === undefined) {
    return row.port === undefined && paths === undefined ? { wrong: 'it has neither hosts, nor paths, nor a port, so it would match everything' } : { row, hosts: undefined };
  }
  const hosts: HostPattern[] = [];
  for (const host of given) {
    const pattern = readHostPattern(host);
    if ('wrong' in pattern) return pattern;
    hosts.push(pattern);
  }
  return { row, hosts };
}

interface CompiledRows {
  readonly matchers: readonly Matcher[];
  readonly refusals: readonly string[];
}

function compileAll(rows: readonly ProviderRow[]): CompiledRows {
  const matchers: Matcher[] = [];
  const refusals: string[] = [];
  rows.forEach((row, i) => {
    const compiled = compile(row);
    if ('wrong' in compiled) refusals.push(`Provider row ${i + 1} (${JSON.stringify(row.name)?.slice(0, 64)}) is ignored: ${compiled.wrong}.`);
    else matchers.push(compiled);
  });
  return { matchers, refusals };
}

const BUILT_IN = compileAll(PROVIDERS).matchers;
/** Of the same array of rows the patterns are read once. */
const EXTRA = new WeakMap<readonly ProviderRow[], CompiledRows>();

function compiledExtra(rows: readonly ProviderRow[]): CompiledRows {
  let compiled = EXTRA.get(rows);
  if (compiled === undefined) EXTRA.set(rows, (compiled = compileAll(rows)));
  return compiled;
}

/** Checks a user's rows. Those that make no sense are left out, with a sentence each; nothing is thrown. */
export function acceptRows(rows: readonly ProviderRow[]): AcceptedRows {
  const { matchers, refusals } = compiledExtra(rows);
  return { accepted: matchers.map(({ row }) => row), refusals };
}

function fits({ row, hosts }: Matcher, host: string, port: number | undefined, path: string): boolean {
  if (hosts !== undefined && !hosts.some((pattern) => fitsHost(pattern, host))) return false;
  if (row.port !== undefined && row.port !== port) return false;
  return row.paths === undefined || row.paths.some((prefix) => path.startsWith(prefix));
}

function find(host: string, port: number | undefined, path: string, extra: readonly ProviderRow[]): ProviderRow | undefined {
  if (extra.length > 0) {
    const own = compiledExtra(extra).matchers.find((matcher) => fits(matcher, host, port, path));
    if (own !== undefined) return own.row;
  }
  return BUILT_IN.find((matcher) => fits(matcher, host, port, path))?.row;
}

function portOf(url: URL): number | undefined {
  return url.port === '' ? undefined : Number(url.port);
}

/** The provider by the dialect alone, where no address says more. */
export function flavourOf(dialect: DialectId | SocketDialectId): ProviderFacts {
  return { name: BY_DIALECT[dialect], public: false, known: false };
}

/**
 * Names the provider of a request.
 * @param extra a user's rows, looked up before the built-in ones; those that make no sense are passed over (see {@link acceptRows})
 */
export function recogniseProvider(url: URL, dialect: DialectId | SocketDialectId, extra: readonly ProviderRow[]): ProviderFacts {
  const row = find(url.hostname, portOf(url), url.pathname, extra);
  return row === undefined ? flavourOf(dialect) : { name: row.name, public: row.public ?? false, known: true };
}

/** Clients of providers that can be on any host, by what they call themselves. */
const CLIENTS: readonly (readonly [agent: RegExp, provider: string])[] = [
  [/^ollama-(?:js|python)\//, 'ollama'],
  [/^cohere(?:-ai)?\//, 'cohere'],
  [/^replicate-(?:javascript|python|go)\//, 'replicate'],
  [/^@huggingface\/inference\//, 'hugging_face'],
  [/^mistral-client-(?:typescript|python)\/|^speakeasy-sdk\/\S+ .*@?mistralai\b/, 'mistral_ai'],
  [/^speakeasy-sdk\/\S+ .*@openrouter\//, 'openrouter'],
  // Bundlers rename the classes that clients of this make are called by: `Groq2`, `_Groq`.
  [/^_?(?:Async)?Groq\d*\/(?:JS|Python) /, 'groq'],
  [/^_?(?:Async)?Together\d*\/(?:JS|Python) /, 'together_ai'],
  [/^_?(?:Async)?Cerebras\d*\/(?:JS|Python) /, 'cerebras'],
  [/^_?(?:Async)?Perplexity\d*\/(?:JS|Python) /, 'perplexity'],
];

/** Clients of LLM APIs, whatever API they are pointed at: SDKs, frameworks and gateways, by what they call themselves. */
const LLM_CLIENT = /^(?:_?(?:Async|Azure|Base|Bedrock)*(?:OpenAI|Anthropic|Groq|Together)\w*\/|google-genai-sdk\/|mistral-client|langchain|litellm|ai\/\d|llama|openrouter)|\bai-sdk(?:-gateway)?\/|@(?:mistralai|openrouter)\//i;

/**
 * Whether the client that sends a request is one of LLM APIs.
 * @param header gives a header of the request by its lower-case name
 */
export function isKnownClient(header: ((name: string) => string | undefined) | undefined): boolean {
  if (header === undefined) return false;
  const agent = header('user-agent');
  // SDKs that Stainless generates, whatever a minifier has made of their names.
  return header('x-stainless-lang') !== undefined || (agent !== undefined && (LLM_CLIENT.test(agent) || providerOfAgent(agent) !== undefined));
}

/** Providers of the AI SDK, which call themselves `ai-sdk/groq/2.0.1` among others. Those of a dialect's own are left out. */
const AI_SDK_PROVIDERS: Readonly<Record<string, string>> = {
  cerebras: 'cerebras',
  cohere: 'cohere',
  deepseek: 'deepseek',
  fireworks: 'fireworks_ai',
  groq: 'groq',
  huggingface: 'hugging_face',
  mistral: 'mistral_ai',
  moonshotai: 'moonshot_ai',
  openrouter: 'openrouter',
  perplexity: 'perplexity',
  togetherai: 'together_ai',
  xai: 'x_ai',
};

const AI_SDK_AGENT = /(?:^|\s)ai-sdk\/([a-z0-9-]+)\//g;

function aiSdkProviderOf(agent: string): string | undefined {
  if (!agent.includes('ai-sdk/')) return undefined;
  for (const [, name = ''] of agent.matchAll(AI_SDK_AGENT)) if (Object.hasOwn(AI_SDK_PROVIDERS, name)) return AI_SDK_PROVIDERS[name];
  return undefined;
}

/**
 * Whom a request is known to go to: by its address, else by the client that sends it.
 * @param header gives a header of the request by its lower-case name
 */
export function providerAt(url: URL, header: ((name: string) => string | undefined) | undefined, extra: readonly ProviderRow[]): string | undefined {
  const row = find(url.hostname, portOf(url), url.pathname, extra);
  return row?.name ?? providerOfClient(header);
}

function providerOfClient(header: ((name: string) => string | undefined) | undefined): string | undefined {
  return providerOfAgent(header?.('user-agent'));
}

/**
 * The provider whose client this is, where the client is no other provider's as well.
 *
 * @param agent what the client calls itself, in its `user-agent`
 */
export function providerOfAgent(agent: string | undefined): string | undefined {
  if (agent === undefined) return undefined;
  return CLIENTS.find(([pattern]) => pattern.test(agent))?.[1] ?? aiSdkProviderOf(agent);
}

/** Ends of paths that nobody but an LLM API has. */
const TELLING_ENDS: readonly string[] = ['/completions', '/embeddings', '/rerank', '/audio/transcriptions', '/audio/translations', '/audio/speech', '/images/generations', '/language-model', ':generateContent', ':streamGenerateContent', ':embedContent', ':batchEmbedContents', ':predict', ':rawPredict', ':streamRawPredict', '/converse-stream', '/invoke-with-response-stream'];
/** Ends that other APIs have as well: they count on a known host, from a known client, or right behind a part that tells. */
const COMMON_ENDS: readonly string[] = ['/messages', '/responses', '/moderations', '/images/edits', '/images/variations', '/converse', '/invoke', '/chat', '/generate', '/embed', '/predictions'];
/** Parts, likewise: what is behind them is the model's name. */
const COMMON_PART = '/models/';
const TELLING_PART = /(?:\/(?:v\d+\w*|openai|anthropic|codex)\/(?:messages|responses|moderations|images\/edits|images\/variations)|^\/responses|\/model\/[^/]+\/(?:converse|invoke))$/;

/**
 * Whether a request may be an LLM call, cheaply enough to be asked of every request that a process makes.
 * A `true` is for the dialects to confirm; a `false` is final.
 * @param origin `https://api.example.com`, or the host alone, with or without port
 * @param path may have a query
 * @param header gives a header of the request by its lower-case name; asked only where the address does not tell
 */
export function mayBeLlm(origin: string, path: string, extra: readonly ProviderRow[] = [], header?: (name: string) => string | undefined): boolean {
  const question = path.indexOf('?');
  const bare = question < 0 ? path : path.slice(0, question);
  const end = bare.endsWith('/') ? bare.slice(0, -1) : bare;
  if (TELLING_ENDS.some((tail) => end.endsWith(tail))) return true;
  if (!COMMON_ENDS.some((tail) => end.endsWith(tail)) && !end.includes(COMMON_PART)) return false;
  if (TELLING_PART.test(end)) return true;
  const [host, port] = hostOf(origin);
  return find(host, port, end, extra) !== undefined || isKnownClient(header);
}

function hostOf(origin: string): readonly [host: string, port: number | undefined] {
  const scheme = origin.indexOf('://');
  const slash = origin.indexOf('/', scheme < 0 ? 0 : scheme + 3);
  const authority = origin.slice(scheme < 0 ? 0 : scheme + 3, slash < 0 ? undefined : slash).toLowerCase();
  const colon = authority.lastIndexOf(':');
  // The colons of a bracketed IPv6 address are its own.
  if (colon < 0 || authority.indexOf(']') > colon) return [authority, undefined];
  return [authority.slice(0, colon), Number(authority.slice(colon + 1))];
}
