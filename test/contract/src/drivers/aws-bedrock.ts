import { abortWhenPatternSays } from '../application/abort-timer.ts';
import type { LoadableModules } from '../application/modules.ts';
import { readStream } from '../application/read-stream.ts';
import { asked, type CallSettings, type Driver, given, STREAM_PATTERNS, UNARY_PATTERNS } from './driver.ts';
import { QUESTION, TOOL } from './prompt.ts';

type Bedrock = LoadableModules['@aws-sdk/client-bedrock-runtime-1164'];
type Client = InstanceType<Bedrock['BedrockRuntimeClient']>;

const CLAUDE = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const NOVA = 'eu.amazon.nova-lite-v1:0';

const TOOL_CONFIG = { tools: [{ toolSpec: { name: TOOL.name, description: TOOL.description, inputSchema: { json: { ...TOOL.parameters } } } }] };

function conversation(settings: CallSettings) {
  return asked('aws.bedrock.converse', settings.more, {
    modelId: CLAUDE,
    messages: [{ role: 'user' as const, content: [{ text: QUESTION }] }],
    inferenceConfig: { maxTokens: 256 },
    ...(settings.tools && { toolConfig: TOOL_CONFIG }),
  });
}

/** A body in the format of a model of Anthropic's. */
function claude(settings: CallSettings) {
  const tools = [{ name: TOOL.name, description: TOOL.description, input_schema: TOOL.parameters }];
  const body = asked('aws.bedrock.invoke_model', settings.more, { anthropic_version: 'bedrock-2023-05-31', max_tokens: 256, messages: [{ role: 'user', content: QUESTION }], ...(settings.tools && { tools }) });
  return { modelId: CLAUDE, contentType: 'application/json', body: JSON.stringify(body) };
}

/** The same of Amazon's own. */
function nova(settings: CallSettings) {
  const body = { schemaVersion: 'messages-v1', messages: [{ role: 'user', content: [{ text: QUESTION }] }], inferenceConfig: { maxTokens: 256 }, ...(settings.tools && { toolConfig: TOOL_CONFIG }) };
  return { modelId: NOVA, contentType: 'application/json', body: new TextEncoder().encode(JSON.stringify(body)) };
}

interface Row {
  readonly name: string;
  readonly dialect: Driver['dialect'];
  readonly mode: Driver['mode'];
  readonly model: string;
  readonly use: (bedrock: Bedrock, client: Client, settings: CallSettings) => Promise<void>;
}

function invokeModel(name: string, model: string, body: typeof claude | typeof nova): readonly Row[] {
  return [
    {
      name: `InvokeModel${name}`,
      dialect: 'aws.bedrock.invoke_model',
      mode: 'unary',
      model,
      async use({ InvokeModelCommand }, client, settings) {
        const { observe, caller } = settings;
        const output = observe.seen(await observe.seen(client.send(new InvokeModelCommand(body(settings)), { abortSignal: caller.signal })));
        observe.value('metadata', output.$metadata);
        observe.value('body', output.body.transformToString());
      },
    },
    {
      name: `InvokeModelWithResponseStream${name}`,
      dialect: 'aws.bedrock.invoke_model',
      mode: 'stream',
      model,
      async use({ InvokeModelWithResponseStreamCommand }, client, settings) {
        const { observe, caller } = settings;
        const output = observe.seen(await observe.seen(client.send(new InvokeModelWithResponseStreamCommand(body(settings)), { abortSignal: caller.signal })));
        observe.value('metadata', output.$metadata);
        if (output.body === undefined) return;
        await readStream(observe.seen(output.body), settings, () => caller.abort(), (event) => observe.event(textOf(event)));
      },
    },
  ];
}

/** An event with its bytes as the text that they are. */
function textOf(event: unknown): unknown {
  const chunk: unknown = typeof event === 'object' && event !== null && 'chunk' in event ? event.chunk : undefined;
  const bytes: unknown = typeof chunk === 'object' && chunk !== null && 'bytes' in chunk ? chunk.bytes : undefined;
  return bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : event;
}

const ROWS: readonly Row[] = [
  {
    name: 'Converse',
    dialect: 'aws.bedrock.converse',
    mode: 'unary',
    model: CLAUDE,
    async use({ ConverseCommand }, client, settings) {
      const { observe, caller } = settings;
      observe.value('output', observe.seen(await observe.seen(client.send(new ConverseCommand(conversation(settings)), { abortSignal: caller.signal }))));
    },
  },
  {
    name: 'ConverseStream',
    dialect: 'aws.bedrock.converse',
    mode: 'stream',
    model: CLAUDE,
    async use({ ConverseStreamCommand }, client, settings) {
      const { observe, caller } = settings;
      const output = observe.seen(await observe.seen(client.send(new ConverseStreamCommand(conversation(settings)), { abortSignal: caller.signal })));
      observe.value('metadata', output.$metadata);
      if (output.stream === undefined) return;
      await readStream(observe.seen(output.stream), settings, () => caller.abort());
    },
  },
  ...invokeModel('', CLAUDE, claude),
];
const NOVA_ROWS: readonly Row[] = invokeModel(' of Nova', NOVA, nova);

interface Version {
  readonly module: '@aws-sdk/client-bedrock-runtime-830' | '@aws-sdk/client-bedrock-runtime-1164';
  readonly rows: readonly Row[];
}

const VERSIONS: readonly Version[] = [
  { module: '@aws-sdk/client-bedrock-runtime-830', rows: ROWS },
  { module: '@aws-sdk/client-bedrock-runtime-1164', rows: [...ROWS, ...NOVA_ROWS] },
];

function driver(module: Version['module'], row: Row, http: 1 | 2): Driver {
  return {
    id: `bedrock ${/\d+$/.exec(module)?.[0]} ${row.name} over HTTP/${http}`,
    library: '@aws-sdk/client-bedrock-runtime',
    application: 'sdks',
    modules: [module, '@smithy/node-http-handler'],
    dialect: row.dialect,
    mode: row.mode,
    model: row.model,
    boundary: { hooked: 'sdk', hookless: 'inferred' },
    attempts: (retries) => retries + 1,
    tellsEveryReset: true,
    deadline: { head: 'own', body: 'own' },
    patterns: row.mode === 'unary' ? UNARY_PATTERNS : STREAM_PATTERNS,
    async call(settings) {
      const bedrock = await settings.load(module);
      const { NodeHttpHandler } = await settings.load('@smithy/node-http-handler');
      const { apiKey, baseUrl, more, retries, timeoutMs } = settings;
      const client = new bedrock.BedrockRuntimeClient({
        region: 'eu-central-1',
        endpoint: baseUrl,
        credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: apiKey, sessionToken: apiKey },
        maxAttempts: retries + 1,
        // Over HTTP/1 there are two timers, which race.
        requestHandler: http === 1 ? new NodeHttpHandler({ socketTimeout: timeoutMs }) : { requestTimeout: timeoutMs },
      });
      if (more !== undefined) client.middlewareStack.add((next) => (args) => next(withHeaders(args, more.headers)), { step: 'build' });
      abortWhenPatternSays(settings);
      await row.use(bedrock, given(settings, client), settings);
    },
  };
}

function withHeaders<Args extends object>(args: Args, headers: Readonly<Record<string, string>>): Args {
  const request: unknown = 'request' in args ? args.request : undefined;
  if (typeof request === 'object' && request !== null && 'headers' in request && typeof request.headers === 'object') Object.assign(request.headers ?? {}, headers);
  return args;
}

/** AWS's client of Bedrock, over its default transport and over HTTP/1. */
export const AWS_BEDROCK_DRIVERS: readonly Driver[] = VERSIONS.flatMap(({ module, rows }) => rows.flatMap((row) => ([1, 2] as const).map((http) => driver(module, row, http))));
