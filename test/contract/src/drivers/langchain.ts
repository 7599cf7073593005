import { abortWhenPatternSays } from '../application/abort-timer.ts';
import type { LoadableModules } from '../application/modules.ts';
import { readStream } from '../application/read-stream.ts';
import { type CallSettings, type Driver, STREAM_PATTERNS, UNARY_PATTERNS } from './driver.ts';
import { QUESTION, TOOL } from './prompt.ts';

/** A version of LangChain: one of its core, under what each provider's package of that time brought along. */
interface Version {
  readonly name: string;
  readonly openai: '@langchain/openai-0' | '@langchain/openai-1';
  readonly anthropic: '@langchain/anthropic-0' | '@langchain/anthropic-1';
  readonly google: '@langchain/google-genai-0' | '@langchain/google-genai-2';
  /** Whether the OpenAI SDK beneath gives up a one-document body that does not come. */
  readonly openaiBodyDeadline: Driver['deadline']['body'];
}

const VERSIONS: readonly Version[] = [
  { name: 'langchain 0', openai: '@langchain/openai-0', anthropic: '@langchain/anthropic-0', google: '@langchain/google-genai-0', openaiBodyDeadline: 'none' },
  { name: 'langchain 1', openai: '@langchain/openai-1', anthropic: '@langchain/anthropic-1', google: '@langchain/google-genai-2', openaiBodyDeadline: 'own' },
];

/** What these calls use of a chat model, whichever it is. */
interface ChatModel {
  invoke(input: string, options: { readonly signal: AbortSignal }): Promise<unknown>;
  stream(input: string, options: { readonly signal?: AbortSignal }): Promise<AsyncIterable<unknown>>;
}

/** A chat model of one provider's package. */
interface Model {
  readonly name: string;
  readonly module: (version: Version) => keyof LoadableModules;
  readonly dialect: Driver['dialect'];
  readonly deadline: (version: Version, mode: Driver['mode']) => Driver['deadline'];
  readonly includeUsage?: boolean;
  /**
   * Of a stream that is aborted before its head, the request is sent again a second or two later, when the call has ended for its
   * caller: whether that is before the process ends is chance. Such a call is not aborted here.
   */
  readonly sendsAgain?: (version: Version, mode: Driver['mode']) => boolean;
  /** Of a stream that is aborted before its head, the request does not hear: whether the SDK's deadline ends it or the process is chance. */
  readonly hearsNoAbort?: (version: Version, mode: Driver['mode']) => boolean;
  /** Faults of which it is chance what the application sees. */
  readonly leftOut?: (version: Version, mode: Driver['mode']) => Driver['leftOut'];
  readonly create: (settings: CallSettings, version: Version) => Promise<ChatModel>;
}

/** The caller has no say in how long its requests may take. */
const NO_DEADLINE: Driver['deadline'] = { head: 'none', body: 'none' };
const BROKEN_EVENT: Driver['leftOut'] = {
  faults: /^stream_unparseable_event$/,
  meets: 'ChatGoogleGenerativeAI of langchain 0: an event that is no JSON',
  reason: 'the SDK has read the whole answer by then, and throws away what its reader has not fetched yet: how many events come out before the error is chance, without Outspan too',
};
const OFFERED = [{ type: 'function' as const, function: TOOL }];

function openai(useResponsesApi: boolean): Model['create'] {
  return async ({ baseUrl, apiKey, load, more, retries, timeoutMs, tools }, version) => {
    const { ChatOpenAI } = await load(version.openai);
    const model = new ChatOpenAI({ model: 'gpt-4o-mini', apiKey, useResponsesApi, maxRetries: retries, timeout: timeoutMs, configuration: { baseURL: `${baseUrl}/v1`, ...(more && { defaultHeaders: more.headers }) } });
    return tools ? model.bindTools(OFFERED) : model;
  };
}

const MODELS: readonly Model[] = [
  {
    name: 'ChatOpenAI',
    module: ({ openai }) => openai,
    dialect: 'openai.chat',
    includeUsage: true,
    deadline: ({ openaiBodyDeadline }, mode) => ({ head: 'own', body: mode === 'unary' ? openaiBodyDeadline : 'none' }),
    create: openai(false),
  },
  {
    name: 'ChatOpenAI with useResponsesApi',
    module: ({ openai }) => openai,
    dialect: 'openai.responses',
    deadline: ({ openaiBodyDeadline }, mode) => ({ head: 'own', body: mode === 'unary' ? openaiBodyDeadline : 'none' }),
    create: openai(true),
  },
  {
    name: 'ChatAnthropic',
    module: ({ anthropic }) => anthropic,
    dialect: 'anthropic.messages',
    deadline: () => ({ head: 'own', body: 'none' }),
    hearsNoAbort: ({ anthropic }, mode) => anthropic === '@langchain/anthropic-0' && mode === 'stream',
    async create({ baseUrl, apiKey, load, more, retries, timeoutMs, tools }, version) {
      const { ChatAnthropic } = await load(version.anthropic);
      const model = new ChatAnthropic({ model: 'claude-sonnet-4-5', maxTokens: 256, apiKey, anthropicApiUrl: baseUrl, maxRetries: retries, clientOptions: { timeout: timeoutMs, ...(more && { defaultHeaders: more.headers }) } });
      return tools ? model.bindTools(OFFERED) : model;
    },
  },
  {
    name: 'ChatGoogleGenerativeAI',
    module: ({ google }) => google,
    dialect: 'gemini.generate_content',
    deadline: () => NO_DEADLINE,
    sendsAgain: ({ google }, mode) => google === '@langchain/google-genai-2' && mode === 'stream',
    leftOut: ({ google }, mode) => (google === '@langchain/google-genai-2' || mode !== 'stream' ? undefined : BROKEN_EVENT),
    async create({ baseUrl, apiKey, load, retries, tools }, version) {
      const { ChatGoogleGenerativeAI } = await load(version.google);
      const model = new ChatGoogleGenerativeAI({ model: 'gemini-2.5-flash', apiKey, baseUrl, maxRetries: retries });
      return tools ? model.bindTools(OFFERED) : model;
    },
  },
];

const MODES = ['unary', 'stream'] as const;

function chat(version: Version, model: Model, mode: Driver['mode']): Driver {
  const sendsAgain = model.sendsAgain?.(version, mode) === true;
  const patterns = mode === 'unary' ? UNARY_PATTERNS : STREAM_PATTERNS;
  const leftOut = model.leftOut?.(version, mode);
  return {
    id: `${version.name} ${model.name} ${mode === 'unary' ? 'invoke' : 'stream'}`,
    library: 'langchain',
    application: 'sdks',
    modules: [model.module(version)],
    dialect: model.dialect,
    mode,
    ...(model.includeUsage !== undefined && { includeUsage: model.includeUsage }),
    boundary: { hooked: 'sdk', hookless: 'inferred' },
    attempts: (retries) => retries + 1,
    deadline: model.deadline(version, mode),
    ...(leftOut && { leftOut }),
    ...(model.dialect === 'gemini.generate_content' && mode === 'stream' && { leavesOpen: true as const }),
    patterns: sendsAgain || model.hearsNoAbort?.(version, mode) === true ? patterns.filter((pattern) => pattern !== 'abort_before_head') : patterns,
    async call(settings) {
      const { caller, observe } = settings;
      const chatModel = await model.create(settings, version);
      abortWhenPatternSays(settings);
      if (mode === 'unary') {
        observe.value('message', observe.seen(await observe.seen(chatModel.invoke(QUESTION, { signal: caller.signal }))));
        return;
      }
      const stream = observe.seen(await observe.seen(chatModel.stream(QUESTION, sendsAgain && settings.pattern === 'read' ? {} : { signal: caller.signal })));
      await readStream(stream, settings, () => caller.abort());
    },
  };
}

function embeddings(version: Version): Driver {
  return {
    id: `${version.name} OpenAIEmbeddings`,
    library: 'langchain',
    application: 'sdks',
    modules: [version.openai],
    dialect: 'openai.embeddings',
    mode: 'unary',
    boundary: { hooked: 'sdk', hookless: 'inferred' },
    attempts: (retries) => retries + 1,
    deadline: { head: 'own', body: version.openaiBodyDeadline },
    // There is nothing to stop an embeddings call by.
    patterns: ['read'],
    async call({ apiKey, baseUrl, load, more, observe, retries, timeoutMs }) {
      const { OpenAIEmbeddings } = await load(version.openai);
      const model = new OpenAIEmbeddings({ model: 'text-embedding-3-small', apiKey, maxRetries: retries, timeout: timeoutMs, configuration: { baseURL: `${baseUrl}/v1`, ...(more && { defaultHeaders: more.headers }) } });
      observe.value('vectors', observe.seen(await observe.seen(model.embedDocuments(['Paris', 'Berlin']))));
    },
  };
}

/** LangChain's models of three providers, with its own retries above the SDKs'. */
export const LANGCHAIN_DRIVERS: readonly Driver[] = VERSIONS.flatMap((version) => [
  ...MODELS.flatMap((model) => MODES.map((mode) => chat(version, model, mode))),
  embeddings(version),
]);
