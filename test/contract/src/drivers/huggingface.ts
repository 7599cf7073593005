import { abortWhenPatternSays } from '../application/abort-timer.ts';
import type { LoadableModules } from '../application/modules.ts';
import { readStream } from '../application/read-stream.ts';
import { asked, type CallSettings, type Driver, UNARY_PATTERNS, withHeaders } from './driver.ts';
import { QUESTION, TOOL } from './prompt.ts';

type Client = InstanceType<LoadableModules['@huggingface/inference']['InferenceClient']>;

function chat(settings: CallSettings) {
  const { baseUrl, tools } = settings;
  const offered = [{ type: 'function' as const, function: { ...TOOL, parameters: { ...TOOL.parameters } } }];
  const request = asked('openai.chat', settings.more, { model: 'meta-llama/Llama-3.1-8B-Instruct', messages: [{ role: 'user', content: QUESTION }], ...(tools && { tools: offered }) });
  return { ...request, endpointUrl: `${baseUrl}/v1/chat/completions` };
}

/** It would answer a 503 by the next request at once, for ever. */
function options({ caller, more }: CallSettings) {
  return { signal: caller.signal, retry_on_error: false, ...(more && { fetch: withHeaders(more.headers) }) };
}

const RECORDING = new Blob([new Uint8Array(64).fill(7)], { type: 'audio/flac' });

interface Row {
  readonly name: string;
  readonly dialect: Driver['dialect'];
  readonly mode: Driver['mode'];
  readonly patterns: Driver['patterns'];
  readonly use: (client: Client, settings: CallSettings) => Promise<void>;
}

const ROWS: readonly Row[] = [
  {
    name: 'chatCompletion',
    dialect: 'openai.chat',
    mode: 'unary',
    patterns: UNARY_PATTERNS,
    async use(client, settings) {
      const promise = settings.observe.seen(client.chatCompletion(chat(settings), options(settings)));
      settings.observe.value('completion', settings.observe.seen(await promise));
    },
  },
  {
    name: 'chatCompletionStream',
    dialect: 'openai.chat',
    mode: 'stream',
    // A stream that is never read is never asked for: it is a generator. One that is left is not cancelled: when it ends is for the garbage collector to say.
    patterns: ['read', 'abort_before_head', 'abort_mid_stream'],
    async use(client, settings) {
      const stream = settings.observe.seen(client.chatCompletionStream(chat(settings), options(settings)));
      await readStream(stream, settings, () => stream.return(undefined));
    },
  },
  {
    name: 'featureExtraction',
    dialect: 'huggingface.feature_extraction',
    mode: 'unary',
    patterns: UNARY_PATTERNS,
    async use(client, settings) {
      const { baseUrl, more } = settings;
      const request = asked('huggingface.feature_extraction', more, { inputs: QUESTION });
      const promise = settings.observe.seen(client.featureExtraction({ ...request, endpointUrl: `${baseUrl}/hf-inference/models/BAAI/bge-m3/pipeline/feature-extraction` }, options(settings)));
      settings.observe.value('vectors', settings.observe.seen(await promise));
    },
  },
  {
    name: 'automaticSpeechRecognition',
    dialect: 'huggingface.task',
    mode: 'unary',
    patterns: UNARY_PATTERNS,
    async use(client, settings) {
      const promise = settings.observe.seen(client.automaticSpeechRecognition({ data: RECORDING, endpointUrl: `${settings.baseUrl}/hf-inference/models/openai/whisper-large-v3` }, options(settings)));
      settings.observe.value('text', settings.observe.seen(await promise));
    },
  },
];

function driver(row: Row): Driver {
  return {
    id: `huggingface ${row.name}`,
    library: '@huggingface/inference',
    application: 'sdks',
    modules: ['@huggingface/inference'],
    dialect: row.dialect,
    mode: row.mode,
    boundary: { hooked: 'inferred', hookless: 'inferred' },
    attempts: () => 1,
    deadline: { head: 'none', body: 'none' },
    patterns: row.patterns,
    async call(settings) {
      const { InferenceClient } = await settings.load('@huggingface/inference');
      const client = new InferenceClient(settings.apiKey);
      abortWhenPatternSays(settings);
      await row.use(client, settings);
    },
  };
}

/** Hugging Face's SDK, with its retries off. */
export const HUGGINGFACE_DRIVERS: readonly Driver[] = ROWS.map(driver);
