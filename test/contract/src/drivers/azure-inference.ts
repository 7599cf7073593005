import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { abortWhenPatternSays } from '../application/abort-timer.ts';
import type { LoadableModules } from '../application/modules.ts';
import { readStream } from '../application/read-stream.ts';
import { asked, type CallSettings, type Driver, STREAM_PATTERNS, UNARY_PATTERNS } from './driver.ts';
import { QUESTION, TOOL } from './prompt.ts';

type Client = ReturnType<LoadableModules['@azure-rest/ai-inference']['default']>;

function chat(settings: CallSettings) {
  const { tools } = settings;
  const offered = [{ type: 'function' as const, function: { ...TOOL, parameters: { ...TOOL.parameters } } }];
  return asked('openai.chat', settings.more, { model: 'gpt-4o-mini', messages: [{ role: 'user', content: QUESTION }], ...(tools && { tools: offered }) });
}

function options({ caller, more }: CallSettings) {
  return { abortSignal: caller.signal, ...(more && { headers: more.headers }) };
}

/** The SSE reader takes any readable stream of Node's, and calls it the message that it mostly is. */
function isMessage(body: unknown): body is IncomingMessage {
  return body instanceof Readable;
}

/** An answer without the headers, which are objects of the SDK's own. */
function note({ observe }: CallSettings, { status, body }: { readonly status: string; readonly body: unknown }): void {
  observe.value('status', status);
  observe.value('body', body);
}

interface Row {
  readonly call: string;
  readonly dialect: Driver['dialect'];
  readonly mode: Driver['mode'];
  readonly use: (client: Client, settings: CallSettings) => Promise<void>;
}

const ROWS: readonly Row[] = [
  {
    call: '/chat/completions',
    dialect: 'openai.chat',
    mode: 'unary',
    async use(client, settings) {
      const promise = settings.observe.seen(client.path('/chat/completions').post({ body: chat(settings), ...options(settings) }));
      note(settings, settings.observe.seen(await promise));
    },
  },
  {
    call: '/chat/completions',
    dialect: 'openai.chat',
    mode: 'stream',
    async use(client, settings) {
      const { createSseStream } = await settings.load('@azure/core-sse');
      const method = client.path('/chat/completions').post({ body: { ...chat(settings), stream: true }, ...options(settings) });
      const { status, body } = settings.observe.seen(await settings.observe.seen(method.asNodeStream()));
      if (!isMessage(body)) throw new TypeError('there is no stream');
      if (status !== '200') return note(settings, { status, body: Buffer.concat(await body.toArray()).toString() });
      const events = settings.observe.seen(createSseStream(body));
      await readStream(events, settings, () => events.cancel());
    },
  },
  {
    call: '/embeddings',
    dialect: 'openai.embeddings',
    mode: 'unary',
    async use(client, settings) {
      const promise = settings.observe.seen(client.path('/embeddings').post({ body: asked('openai.embeddings', settings.more, { model: 'text-embedding-3-small', input: [QUESTION] }), ...options(settings) }));
      note(settings, settings.observe.seen(await promise));
    },
  },
];

function driver({ call, dialect, mode, use }: Row): Driver {
  return {
    id: `azure ${call}${mode === 'stream' ? ' stream' : ''}`,
    library: '@azure-rest/ai-inference',
    application: 'sdks',
    modules: ['@azure-rest/ai-inference', '@azure/core-sse'],
    dialect,
    mode,
    boundary: { hooked: 'inferred', hookless: 'inferred' },
    attempts: () => 1,
    tellsEveryReset: true,
    deadline: { head: 'none', body: 'none' },
    patterns: mode === 'unary' ? UNARY_PATTERNS : STREAM_PATTERNS,
    async call(settings) {
      const { default: createClient } = await settings.load('@azure-rest/ai-inference');
      const client = createClient(`${settings.baseUrl}/v1`, { key: settings.apiKey }, { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } });
      abortWhenPatternSays(settings);
      await use(client, settings);
    },
  };
}

/** The SDK of Azure AI Inference, with its retries off. */
export const AZURE_INFERENCE_DRIVERS: readonly Driver[] = ROWS.map(driver);
