import { abortWhenPatternSays } from '../application/abort-timer.ts';
import type { LoadableModules } from '../application/modules.ts';
import { readStream } from '../application/read-stream.ts';
import { type CallSettings, type Driver, given, STREAM_PATTERNS, UNARY_PATTERNS } from './driver.ts';
import { QUESTION, TOOL } from './prompt.ts';

type Client = InstanceType<LoadableModules['@google/genai']['GoogleGenAI']>;

function content(settings: CallSettings) {
  const { tools, caller, more } = settings;
  const offered = [{ functionDeclarations: [{ name: TOOL.name, description: TOOL.description, parametersJsonSchema: TOOL.parameters }] }];
  const config = { abortSignal: caller.signal, ...(tools && { tools: offered }) };
  const { contents = QUESTION, ...rest }: { readonly contents?: typeof QUESTION } = more?.members('gemini.generate_content') ?? {};
  // The REST API's members beside `contents` are the SDK's `config`.
  return { model: 'gemini-2.5-flash', contents, config: { ...config, ...rest } };
}

type Module = '@google/genai-1' | '@google/genai';

interface Row {
  readonly name: string;
  readonly dialect?: Driver['dialect'];
  readonly mode: Driver['mode'];
  readonly patterns?: Driver['patterns'];
  /** Vertex AI in express mode: with an API key and without a project. */
  readonly vertex?: true;
  readonly use: (client: Client, settings: CallSettings) => Promise<void>;
}

const ROWS: readonly Row[] = [
  {
    name: 'models.generateContent',
    mode: 'unary',
    async use(client, settings) {
      const promise = settings.observe.seen(client.models.generateContent(content(settings)));
      settings.observe.value('response', settings.observe.seen(await promise));
    },
  },
  {
    name: 'models.generateContentStream',
    mode: 'stream',
    async use(client, settings) {
      const promise = settings.observe.seen(client.models.generateContentStream(content(settings)));
      const stream = settings.observe.seen(await promise);
      await readStream(stream, settings, () => settings.caller.abort());
    },
  },
  {
    name: 'chats.sendMessage',
    mode: 'unary',
    patterns: ['read'],
    async use(client, settings) {
      const { model, config } = content(settings);
      const chat = client.chats.create({ model });
      settings.observe.value('response', settings.observe.seen(await chat.sendMessage({ message: QUESTION, config })));
    },
  },
  {
    name: 'Vertex AI models.generateContent',
    mode: 'unary',
    patterns: ['read'],
    vertex: true,
    async use(client, settings) {
      settings.observe.value('response', settings.observe.seen(await client.models.generateContent(content(settings))));
    },
  },
  {
    name: 'models.embedContent',
    dialect: 'gemini.embed_content',
    mode: 'unary',
    async use(client, settings) {
      const { caller } = settings;
      const asked = settings.more?.members('gemini.embed_content') ?? {};
      const promise = settings.observe.seen(client.models.embedContent({ model: 'gemini-embedding-001', contents: QUESTION, config: { abortSignal: caller.signal }, ...asked }));
      settings.observe.value('response', settings.observe.seen(await promise));
    },
  },
];

function driver(module: Module, row: Row, retries: boolean): Driver {
  return {
    id: `genai ${module === '@google/genai' ? '' : '1 '}${row.name}${retries ? ' with retryOptions' : ''}`,
    library: '@google/genai',
    application: 'sdks',
    modules: [module],
    dialect: row.dialect ?? 'gemini.generate_content',
    mode: row.mode,
    boundary: { hooked: 'sdk', hookless: 'inferred' },
    // It does not retry what fails before a head, except for its own deadline.
    attempts: () => 1,
    // One deadline for head and body of each attempt.
    deadline: { head: 'own', body: 'own' },
    ...(row.mode === 'stream' && { leavesOpen: true as const }),
    patterns: row.patterns ?? (row.mode === 'unary' ? UNARY_PATTERNS : STREAM_PATTERNS),
    async call(settings) {
      const { GoogleGenAI } = await settings.load(module);
      const client = given(settings, new GoogleGenAI({
        apiKey: settings.apiKey,
        ...(row.vertex && { vertexai: true }),
        httpOptions: { baseUrl: settings.baseUrl, timeout: settings.timeoutMs, ...(settings.more && { headers: settings.more.headers }), ...(retries && { retryOptions: { attempts: settings.retries + 1, initialDelay: 0.2 } }) },
      }));
      abortWhenPatternSays(settings);
      await row.use(client, settings);
    },
  };
}

/** Google's SDK, which retries only when told to. */
export const GOOGLE_GENAI_DRIVERS: readonly Driver[] = [
  ...ROWS.map((row) => driver('@google/genai-1', row, false)),
  ...[false, true].flatMap((retries) => ROWS.filter(({ patterns }) => !retries || patterns === undefined).map((row) => driver('@google/genai', row, retries))),
];
