import { abortWhenPatternSays } from '../application/abort-timer.ts';
import type { LoadableModules } from '../application/modules.ts';
import { readStream } from '../application/read-stream.ts';
import { asked, type CallSettings, type Driver, given, STREAM_PATTERNS, UNARY_PATTERNS } from './driver.ts';
import { QUESTION, TOOL } from './prompt.ts';

type Client = InstanceType<LoadableModules['ollama-6']['Ollama']>;

const MODEL = 'llama3.2';

function chat(settings: CallSettings) {
  const { tools, more } = settings;
  const offered = [{ type: 'function', function: { name: TOOL.name, description: TOOL.description, parameters: { ...TOOL.parameters, required: [...TOOL.parameters.required] } } }];
  return asked('ollama.chat', more, { model: MODEL, messages: [{ role: 'user', content: QUESTION }], ...(tools && { tools: offered }) });
}

function generate({ more }: CallSettings) {
  return asked('ollama.generate', more, { model: MODEL, prompt: QUESTION });
}

/** A call of one document has no signal of its own, and no call has a deadline: what applications do is to give a fetch that has them. */
function fetchOf({ caller, more }: CallSettings): typeof fetch {
  return (input, init) =>
    fetch(input, {
      ...init,
      ...(more && { headers: { ...Object.fromEntries(new Headers(init?.headers)), ...more.headers } }),
      signal: init?.signal ? AbortSignal.any([init.signal, caller.signal]) : caller.signal,
    });
}

interface Row {
  readonly name: string;
  readonly dialect: Driver['dialect'];
  readonly mode: Driver['mode'];
  /** The first version that has it. */
  readonly since?: 'ollama-6';
  readonly use: (client: Client, settings: CallSettings) => Promise<void>;
}

const ROWS: readonly Row[] = [
  {
    name: 'chat',
    dialect: 'ollama.chat',
    mode: 'unary',
    async use(client, settings) {
      const promise = settings.observe.seen(client.chat({ ...chat(settings), stream: false }));
      settings.observe.value('response', settings.observe.seen(await promise));
    },
  },
  {
    name: 'chat stream',
    dialect: 'ollama.chat',
    mode: 'stream',
    async use(client, settings) {
      const promise = settings.observe.seen(client.chat({ ...chat(settings), stream: true }));
      const stream = settings.observe.seen(await promise);
      await readStream(stream, settings, () => client.abort());
    },
  },
  {
    name: 'generate',
    dialect: 'ollama.generate',
    mode: 'unary',
    async use(client, settings) {
      const promise = settings.observe.seen(client.generate({ ...generate(settings), stream: false }));
      settings.observe.value('response', settings.observe.seen(await promise));
    },
  },
  {
    name: 'generate stream',
    dialect: 'ollama.generate',
    mode: 'stream',
    async use(client, settings) {
      const promise = settings.observe.seen(client.generate({ ...generate(settings), stream: true }));
      const stream = settings.observe.seen(await promise);
      await readStream(stream, settings, () => client.abort());
    },
  },
  {
    name: 'embed',
    dialect: 'ollama.embed',
    mode: 'unary',
    since: 'ollama-6',
    async use(client, settings) {
      const promise = settings.observe.seen(client.embed(asked('ollama.embed', settings.more, { model: 'nomic-embed-text', input: QUESTION })));
      settings.observe.value('response', settings.observe.seen(await promise));
    },
  },
];

const VERSIONS = ['ollama-5', 'ollama-6'] as const;

function driver(module: (typeof VERSIONS)[number], row: Row): Driver {
  return {
    id: `${module.replace('-', ' 0.')} ${row.name}`,
    library: 'ollama',
    application: 'sdks',
    modules: [module],
    dialect: row.dialect,
    mode: row.mode,
    boundary: { hooked: 'sdk', hookless: 'inferred' },
    attempts: () => 1,
    deadline: { head: 'none', body: 'none' },
    ...(row.mode === 'stream' && { leavesOpen: true as const }),
    patterns: row.mode === 'unary' ? UNARY_PATTERNS : STREAM_PATTERNS,
    async call(settings) {
      const { Ollama } = await settings.load(module);
      const client = given(settings, new Ollama({ host: settings.baseUrl, fetch: fetchOf(settings) }));
      abortWhenPatternSays(settings);
      await row.use(client, settings);
    },
  };
}

/** Ollama's SDK, at both ends of its versions. */
export const OLLAMA_DRIVERS: readonly Driver[] = VERSIONS.flatMap((module) => ROWS.filter(({ since = module }) => since === module).map((row) => driver(module, row)));
