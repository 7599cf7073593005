import { abortWhenPatternSays } from '../application/abort-timer.ts';
import type { LoadableModules } from '../application/modules.ts';
import { readStream } from '../application/read-stream.ts';
import { asked, type CallSettings, type Driver, withHeaders } from './driver.ts';
import { QUESTION } from './prompt.ts';

type Module = LoadableModules['replicate'];
type Client = InstanceType<Extract<Module, { default: unknown }>['default']>;

const MODEL = 'meta/meta-llama-3-8b-instruct';

function input({ more }: CallSettings): { input: object } {
  return asked('replicate.predictions', more, { input: { prompt: QUESTION } });
}

interface Row {
  readonly name: string;
  readonly mode: Driver['mode'];
  readonly patterns: Driver['patterns'];
  readonly leftOut?: Driver['leftOut'];
  readonly use: (client: Client, settings: CallSettings) => Promise<void>;
}

const ROWS: readonly Row[] = [
  {
    name: 'run',
    mode: 'unary',
    // A signal stops no request: it is looked at between them.
    patterns: ['read'],
    async use(client, settings) {
      settings.observe.value('output', settings.observe.seen(await settings.observe.seen(client.run(MODEL, input(settings)))));
    },
  },
  {
    name: 'run, polling',
    mode: 'unary',
    patterns: ['read'],
    leftOut: { faults: /^error_json_200$/, meets: "a 200 whose body is the provider's error document", reason: 'the SDK asks again and again, without end, until it gets a prediction that has ended' },
    async use(client, settings) {
      settings.observe.value('output', settings.observe.seen(await settings.observe.seen(client.run(MODEL, { ...input(settings), wait: { mode: 'poll', interval: 10 } }))));
    },
  },
  {
    name: 'stream',
    mode: 'stream',
    // A stream that is never read is never asked for: it is a generator. One that is left is not cancelled: when it ends is for the garbage collector to say.
    patterns: ['read', 'abort_before_head', 'abort_mid_stream'],
    async use(client, settings) {
      const stream = settings.observe.seen(client.stream(MODEL, { ...input(settings), signal: settings.caller.signal }));
      await readStream(stream, settings, () => stream.return(undefined));
    },
  },
];

function driver({ name, mode, patterns, leftOut, use }: Row): Driver {
  return {
    id: `replicate ${name}`,
    library: 'replicate',
    application: 'sdks',
    modules: ['replicate'],
    dialect: 'replicate.predictions',
    mode,
    boundary: { hooked: 'inferred', hookless: 'inferred' },
    // Whatever it is told: it has no such option.
    attempts: () => 6,
    deadline: { head: 'none', body: 'none' },
    patterns,
    ...(leftOut && { leftOut }),
    async call(settings) {
      const { baseUrl, apiKey, more } = settings;
      const module = await settings.load('replicate');
      const Replicate = 'default' in module ? module.default : module;
      const client = new Replicate({ auth: apiKey, baseUrl: `${baseUrl}/v1`, ...(more && { fetch: withHeaders(more.headers) }) });
      abortWhenPatternSays(settings);
      await use(client, settings);
    },
  };
}

/** Replicate's SDK. A prediction takes one request, or one that creates it and others that ask for it. */
export const REPLICATE_DRIVERS: readonly Driver[] = ROWS.map(driver);
