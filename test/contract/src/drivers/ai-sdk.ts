import { trace } from '@opentelemetry/api';
import type { Span, Tracer } from '@opentelemetry/api';
import { abortWhenPatternSays } from '../application/abort-timer.ts';
import type { LoadableModules } from '../application/modules.ts';
import { readStream } from '../application/read-stream.ts';
import { asked, type CallSettings, type Driver, type Pattern, STREAM_PATTERNS, UNARY_PATTERNS } from './driver.ts';
import { QUESTION, TOOL } from './prompt.ts';

type Ai = LoadableModules['ai-7'];
type Model = Parameters<Ai['generateText']>[0]['model'];
type EmbeddingModel = Parameters<Ai['embed']>[0]['model'];
type AiModule = 'ai-5' | 'ai-6' | 'ai-7';

/** A model, as a provider package makes it; each sends a dialect of its own. */
interface Provider {
  readonly name: string;
  readonly dialect: Driver['dialect'];
  readonly modules: readonly (keyof LoadableModules)[];
  readonly model: (settings: CallSettings) => Promise<Model>;
}

type OpenAIModule = '@ai-sdk/openai-2' | '@ai-sdk/openai-3' | '@ai-sdk/openai-4';

async function openai({ apiKey, baseUrl, load, more }: CallSettings, module: OpenAIModule) {
  const { createOpenAI } = await load(module);
  return createOpenAI({ apiKey, baseURL: `${baseUrl}/v1`, ...(more && { headers: more.headers }) });
}

function openaiChat(module: OpenAIModule): Provider {
  return { name: 'openai.chat', dialect: 'openai.chat', modules: [module], model: async (settings) => (await openai(settings, module)).chat('gpt-4o-mini') };
}

function openaiResponses(module: OpenAIModule): Provider {
  return { name: 'openai.responses', dialect: 'openai.responses', modules: [module], model: async (settings) => (await openai(settings, module)).responses('gpt-4o-mini') };
}

const ANTHROPIC: Provider = {
  name: 'anthropic',
  dialect: 'anthropic.messages',
  modules: ['@ai-sdk/anthropic'],
  async model({ apiKey, baseUrl, load, more }) {
    const { createAnthropic } = await load('@ai-sdk/anthropic');
    return createAnthropic({ apiKey, baseURL: `${baseUrl}/v1`, ...(more && { headers: more.headers }) })('claude-sonnet-4-5');
  },
};

const GOOGLE: Provider = {
  name: 'google',
  dialect: 'gemini.generate_content',
  modules: ['@ai-sdk/google'],
  async model({ apiKey, baseUrl, load, more }) {
    const { createGoogleGenerativeAI } = await load('@ai-sdk/google');
    return createGoogleGenerativeAI({ apiKey, baseURL: `${baseUrl}/v1beta`, ...(more && { headers: more.headers }) })('gemini-2.5-flash');
  },
};

const COMPATIBLE: Provider = {
  name: 'openai-compatible',
  dialect: 'openai.chat',
  modules: ['@ai-sdk/openai-compatible'],
  async model({ apiKey, baseUrl, load, more }) {
    const { createOpenAICompatible } = await load('@ai-sdk/openai-compatible');
    return createOpenAICompatible({ name: 'acme', apiKey, baseURL: `${baseUrl}/v1`, includeUsage: true, ...(more && { headers: more.headers }) })('llama-4');
  },
};

async function request({ settings, ai, dialect, tracer }: Use) {
  const { tools, caller, more, retries } = settings;
  const offered = { [TOOL.name]: { description: TOOL.description, inputSchema: ai.jsonSchema<never>(TOOL.parameters) } };
  // What a suite asks for is in the dialect's words; the SDK has its own.
  const said = more === undefined ? [] : [JSON.stringify(asked(dialect, more, {}))];
  return { prompt: [QUESTION, ...said].join('\n'), maxRetries: retries, abortSignal: caller.signal, ...(tools && { tools: offered }), ...tracing(tracer) };
}

/** Under this name all versions know it. */
function tracing(tracer: Tracer | undefined) {
  return tracer === undefined ? {} : { experimental_telemetry: { isEnabled: true, tracer } };
}

/** What is random in a part (Gemini's tool calls get ids from the SDK), or tells the time; an error is thrown when the stream has been read. */
const UNSTEADY: ReadonlySet<string> = new Set(['error', 'id', 'toolCallId', 'response', 'request', 'timestamp', 'performance', 'providerMetadata', 'toolMetadata']);

function steadyPart(part: unknown): unknown {
  return typeof part === 'object' && part !== null ? Object.fromEntries(Object.entries(part).filter(([name]) => !UNSTEADY.has(name))) : part;
}

/** The stream from the answer's first part: what comes before it comes before the request. */
async function* answer(parts: AsyncIterable<{ readonly type: string }>): AsyncGenerator<{ readonly type: string }> {
  for await (const part of parts) if (part.type !== 'start' && part.type !== 'start-step') yield part;
}

interface Row {
  readonly name: string;
  /** Whether the newest version publishes what it does there. */
  readonly published: boolean;
  readonly mode: Driver['mode'];
  readonly patterns: readonly Pattern[];
  /** It asks for structured output. */
  readonly structured?: true;
  readonly use: (use: Use & { readonly model: Model }) => Promise<void>;
}

interface Use {
  readonly ai: Ai;
  readonly settings: CallSettings;
  readonly dialect: Driver['dialect'];
  /** Present where the SDK is told to trace its calls. */
  readonly tracer: Tracer | undefined;
}

/**
 * Makes a call with a tracer of the application's own, from which the SDK 5 and 6 take their spans where they are told to trace.
 * The span around the tries is ended here: the SDK loses it where a stream breaks, or is not read; and of some streams that are
 * aborted it never says that they are over.
 */
async function withOwnTracer({ caller }: CallSettings, call: (tracer: Tracer) => Promise<void>): Promise<void> {
  const actual = trace.getTracer('application');
  const around: Span[] = [];
  const startActiveSpan = (name: string, options: object, run: (span: Span) => unknown): unknown =>
    actual.startActiveSpan(name, options, (span) => {
      if (name.includes('.do')) return run(span);
      around.push(span);
      return run(trace.wrapSpanContext(span.spanContext()));
    });
  const end = (): void => {
    for (const span of around.splice(0)) span.end();
  };
  caller.signal.addEventListener('abort', end);
  try {
    await call(new Proxy(actual, { get: (target, name) => (name === 'startActiveSpan' ? startActiveSpan : Reflect.get(target, name)) }));
  } finally {
    end();
  }
}

const GENERATE_TEXT: Row = {
  name: 'generateText',
  published: true,
  mode: 'unary',
  patterns: UNARY_PATTERNS,
  async use(use) {
    const { ai, model, settings } = use;
    const promise = settings.observe.seen(ai.generateText({ ...(await request(use)), model }));
    const { text, finishReason, toolCalls, usage, warnings, steps } = settings.observe.seen(await promise);
    settings.observe.value('answer', { text, finishReason, toolCalls: toolCalls.map(steadyPart), usage, warnings, steps: steps.length });
  },
};

const STREAM_TEXT: Row = {
  name: 'streamText',
  published: true,
  mode: 'stream',
  patterns: STREAM_PATTERNS,
  async use(use) {
    const { ai, model, settings } = use;
    const errors: unknown[] = [];
    const result = settings.observe.seen(ai.streamText({ ...(await request(use)), model, onError: ({ error }) => void errors.push(error) }));
    let failure: unknown;
    const whole = await readStream(answer(result.fullStream), settings, () => settings.caller.abort(), (part) => {
      if (part !== null && typeof part === 'object' && 'error' in part) failure = part.error;
      settings.observe.event(steadyPart(part));
    });
    if (!whole) return;
    // What this SDK does not throw, the application finds here.
    settings.observe.value('errors', errors.length);
    if (failure !== undefined) throw failure;
    settings.observe.value('finishReason', await result.finishReason);
  },
};

const GENERATE_OBJECT: Row = {
  name: 'generateObject',
  published: false,
  mode: 'unary',
  structured: true,
  patterns: ['read'],
  async use(use) {
    const { ai, model, settings } = use;
    const { tools: _, ...given } = await request({ ...use, settings: { ...settings, tools: false } });
    const { object, finishReason, usage } = settings.observe.seen(await ai.generateObject({ ...given, model, schema: ai.jsonSchema(TOOL.parameters) }));
    settings.observe.value('answer', { object, finishReason, usage });
  },
};

interface Version {
  readonly module: AiModule;
  readonly openai: OpenAIModule;
  readonly providers: readonly Provider[];
  /** It makes spans of its calls by itself, where it is told to. */
  readonly traces: boolean;
}

const VERSIONS: readonly Version[] = [
  { module: 'ai-5', openai: '@ai-sdk/openai-2', providers: [], traces: true },
  { module: 'ai-6', openai: '@ai-sdk/openai-3', providers: [], traces: true },
  { module: 'ai-7', openai: '@ai-sdk/openai-4', providers: [ANTHROPIC, GOOGLE, COMPATIBLE], traces: false },
];

interface Call {
  readonly module: AiModule;
  readonly published: boolean;
  readonly name: string;
  readonly modules: readonly (keyof LoadableModules)[];
  readonly dialect: Driver['dialect'];
  readonly mode: Driver['mode'];
  readonly patterns: readonly Pattern[];
  readonly structured?: true;
  /** The SDK is told to trace its calls: by `experimental_telemetry`. */
  readonly traced: boolean;
  readonly call: (settings: CallSettings, tracer: Tracer | undefined) => Promise<void>;
}

function driver({ module, name, modules, published, traced, call, ...row }: Call): Driver {
  return {
    id: `ai ${module.at(-1)} ${name}${traced ? ', native telemetry on' : ''}`,
    library: 'ai',
    application: 'sdks',
    modules: [module, ...modules],
    ...row,
    ...(row.dialect === 'openai.chat' && row.mode === 'stream' && { includeUsage: true }),
    boundary: traced ? { hooked: 'native', hookless: 'native' } : { hooked: published && module === 'ai-7' ? 'sdk' : 'inferred', hookless: 'inferred' },
    ...(traced && { recordsContent: true as const, around: /^ai\./ }),
    ...(row.mode === 'stream' && { leavesOpen: true as const }),
    attempts: (retries) => retries + 1,
    deadline: { head: 'none', body: 'none' },
    async call(settings) {
      abortWhenPatternSays(settings);
      await (traced ? withOwnTracer(settings, (tracer) => call(settings, tracer)) : call(settings, undefined));
    },
  };
}

function text(module: AiModule, provider: Provider, row: Row, traced = false): Driver {
  return driver({
    module,
    traced,
    published: row.published,
    name: `${row.name} ${provider.name}`,
    modules: provider.modules,
    dialect: provider.dialect,
    mode: row.mode,
    ...(row.structured && { structured: true as const }),
    patterns: row.patterns,
    async call(settings, tracer) {
      await row.use({ ai: await settings.load(module), model: await provider.model(settings), settings, dialect: provider.dialect, tracer });
    },
  });
}

function embed({ module, openai: openaiModule }: Version, traced = false): Driver {
  return driver({
    module,
    traced,
    published: true,
    name: 'embed openai',
    modules: [openaiModule],
    dialect: 'openai.embeddings',
    mode: 'unary',
    patterns: UNARY_PATTERNS,
    async call(settings, tracer) {
      const { caller, load, observe, retries } = settings;
      const { embed: embedOne } = await load(module);
      const model: EmbeddingModel = (await openai(settings, openaiModule)).textEmbeddingModel('text-embedding-3-small');
      const promise = observe.seen(embedOne({ model, value: QUESTION, maxRetries: retries, abortSignal: caller.signal, ...tracing(tracer) }));
      const { embedding, usage } = observe.seen(await promise);
      observe.value('answer', { embedding, usage });
    },
  });
}

/** Vercel's AI SDK. It retries above the HTTP call, and has no deadline of its own. */
export const AI_SDK_DRIVERS: readonly Driver[] = VERSIONS.flatMap((version) => [
  ...[openaiChat(version.openai), openaiResponses(version.openai), ...version.providers].flatMap((provider) => [GENERATE_TEXT, STREAM_TEXT].map((row) => text(version.module, provider, row))),
  text(version.module, openaiChat(version.openai), GENERATE_OBJECT),
  embed(version),
  ...(version.traces ? [text(version.module, openaiChat(version.openai), GENERATE_TEXT, true), text(version.module, openaiResponses(version.openai), STREAM_TEXT, true), embed(version, true)] : []),
]);
