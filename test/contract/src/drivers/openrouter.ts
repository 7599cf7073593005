import { abortWhenPatternSays } from '../application/abort-timer.ts';
import type { LoadableModules } from '../application/modules.ts';
import { readStream } from '../application/read-stream.ts';
import { asked, type CallSettings, type Driver, STREAM_PATTERNS, UNARY_PATTERNS } from './driver.ts';
import { QUESTION, TOOL } from './prompt.ts';

type Client = InstanceType<LoadableModules['@openrouter/sdk']['OpenRouter']>;

function chat(settings: CallSettings) {
  const { tools } = settings;
  const offered = [{ type: 'function' as const, function: { ...TOOL, parameters: { ...TOOL.parameters } } }];
  return asked('openai.chat', settings.more, { model: 'openai/gpt-4o-mini', messages: [{ role: 'user' as const, content: QUESTION }], ...(tools && { tools: offered }) });
}

/** The caller's signal takes the place of the SDK's own deadline, which it can lose: its timer is collected with the copies of its request. */
function options({ caller, more }: CallSettings) {
  const headers = more && { headers: more.headers };
  return { fetchOptions: { signal: caller.signal }, ...headers };
}

function isStream(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value;
}

interface Row {
  readonly name: string;
  readonly dialect: Driver['dialect'];
  readonly mode: Driver['mode'];
  readonly use: (client: Client, settings: CallSettings) => Promise<unknown>;
}

const ROWS: readonly Row[] = [
  { name: 'chat.send', dialect: 'openai.chat', mode: 'unary', use: (client, settings) => client.chat.send({ chatRequest: chat(settings) }, options(settings)) },
  { name: 'chat.send stream', dialect: 'openai.chat', mode: 'stream', use: (client, settings) => client.chat.send({ chatRequest: { ...chat(settings), stream: true } }, options(settings)) },
  {
    name: 'embeddings.generate',
    dialect: 'openai.embeddings',
    mode: 'unary',
    use: (client, settings) => client.embeddings.generate({ requestBody: asked('openai.embeddings', settings.more, { model: 'openai/text-embedding-3-small', input: QUESTION }) }, options(settings)),
  },
];

function driver(row: Row): Driver {
  return {
    id: `openrouter ${row.name}`,
    library: '@openrouter/sdk',
    application: 'sdks',
    modules: ['@openrouter/sdk'],
    dialect: row.dialect,
    mode: row.mode,
    boundary: { hooked: 'inferred', hookless: 'inferred' },
    attempts: () => 1,
    deadline: { head: 'none', body: 'none' },
    patterns: row.mode === 'unary' ? UNARY_PATTERNS : STREAM_PATTERNS,
    async call(settings) {
      const { OpenRouter } = await settings.load('@openrouter/sdk');
      // It would go on for an hour otherwise.
      const client = new OpenRouter({ apiKey: settings.apiKey, serverURL: `${settings.baseUrl}/api/v1`, retryConfig: { strategy: 'none' } });
      abortWhenPatternSays(settings);
      const promise = settings.observe.seen(row.use(client, settings));
      const answer = settings.observe.seen(await promise);
      if (row.mode === 'unary') settings.observe.value('answer', answer);
      else if (typeof answer === 'object' && answer !== null && isStream(answer)) await readStream(answer, settings, () => settings.caller.abort());
    },
  };
}

/** OpenRouter's SDK, with its retries off. */
export const OPENROUTER_DRIVERS: readonly Driver[] = ROWS.map(driver);
