import { abortWhenPatternSays } from '../application/abort-timer.ts';
import { headers } from '../application/project.ts';
import { readStream } from '../application/read-stream.ts';
import { type ApplicationName, asked, type CallSettings, type Driver, STREAM_PATTERNS, UNARY_PATTERNS } from './driver.ts';
import { QUESTION, TOOL } from './prompt.ts';

/** A wire format as an application without an SDK writes it. */
export interface Wire {
  readonly dialect: Driver['dialect'];
  readonly name: string;
  request(mode: Driver['mode'], settings: CallSettings): { readonly url: string; readonly headers: Record<string, string>; readonly body: string };
}

/** OpenAI's chat completions. */
export const OPENAI_CHAT: Wire = {
  dialect: 'openai.chat',
  name: 'openai chat',
  request: (mode, { baseUrl, apiKey, tools, more }) => ({
    url: `${baseUrl}/v1/chat/completions`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}`, ...more?.headers },
    body: JSON.stringify(asked('openai.chat', more, { model: 'gpt-4o-mini', messages: [{ role: 'user', content: QUESTION }], ...(mode === 'stream' && { stream: true }), ...(tools && { tools: [{ type: 'function', function: TOOL }] }) })),
  }),
};

/** The key in the URL, and a stream that is one JSON array: as Google's REST documentation shows it. */
export const GEMINI: Wire = {
  dialect: 'gemini.generate_content',
  name: 'gemini',
  request: (mode, { baseUrl, apiKey, tools, more }) => ({
    url: `${baseUrl}/v1beta/models/gemini-2.5-flash:${mode === 'stream' ? 'streamGenerateContent' : 'generateContent'}?key=${apiKey}`,
    headers: { 'content-type': 'application/json', ...more?.headers },
    body: JSON.stringify(asked('gemini.generate_content', more, { contents: [{ role: 'user', parts: [{ text: QUESTION }] }], ...(tools && { tools: [{ functionDeclarations: [TOOL] }] }) })),
  }),
};

/** Sends a request; the body of what comes back is an async iterable of bytes. */
export type Send = (
  settings: CallSettings,
  request: ReturnType<Wire['request']>,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly head: unknown; readonly body: AsyncIterable<Uint8Array> | null; readonly close: () => unknown }>;

/** Text as it grows; how the bytes were split on the way is chance. */
async function readBody(body: AsyncIterable<Uint8Array> | null, settings: CallSettings, close: () => unknown): Promise<void> {
  if (body === null) return;
  const { pattern, observe } = settings;
  const decoder = new TextDecoder();
  let text = '';
  try {
    // Bytes are no events: how they were split is chance.
    await readStream(body, settings, close, (chunk) => {
      if (chunk instanceof Uint8Array) text += decoder.decode(chunk, { stream: true });
    });
  } finally {
    if (pattern === 'read') observe.value('text', text);
  }
}

/** A driver of one way to send a request, with an abort signal and a deadline of its own. */
export function plainDriver(id: string, application: ApplicationName, library: Driver['library'], mode: Driver['mode'], wire: Wire, send: Send): Driver {
  return {
    id: `${id} ${wire.name} ${mode}`,
    library,
    application,
    modules: application === 'sdks' ? [] : [application],
    dialect: wire.dialect,
    mode,
    boundary: { hooked: 'inferred', hookless: 'inferred' },
    attempts: () => 1,
    deadline: { head: 'own', body: 'own' },
    patterns: mode === 'unary' ? UNARY_PATTERNS : STREAM_PATTERNS,
    async call(settings) {
      abortWhenPatternSays(settings);
      const { status, head, body, close } = await send(settings, wire.request(mode, settings), settings.caller.signal);
      settings.observe.value('status', status);
      settings.observe.value('head', head);
      await readBody(body, settings, close);
    },
  };
}

/** Both. */
export const MODES = ['unary', 'stream'] as const;

/** Node's own fetch, with `AbortSignal.timeout` as its deadline. */
const nodeFetch: Send = async ({ timeoutMs }, { url, headers: sent, body }, signal) => {
  const response = await fetch(url, { method: 'POST', headers: sent, body, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
  return { status: response.status, head: headers(response.headers), body: response.body, close: () => response.body?.cancel() };
};

type UndiciName = Exclude<ApplicationName, 'sdks'>;

function undiciFetch(name: UndiciName): Send {
  return async ({ load, timeoutMs }, { url, headers: sent, body }, signal) => {
    const undici = await load(name);
    const response = await undici.fetch(url, { method: 'POST', headers: sent, body, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
    return { status: response.status, head: headers(response.headers), body: response.body, close: () => response.body?.cancel() };
  };
}

/** With undici's own deadlines. */
function undiciRequest(name: UndiciName): Send {
  return async ({ load, timeoutMs }, { url, headers: sent, body }, signal) => {
    const undici = await load(name);
    const response = await undici.request(url, { method: 'POST', headers: sent, body, signal, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
    const head = headers(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
    return { status: response.statusCode, head, body: response.body, close: () => response.body.on('error', () => undefined).destroy() };
  };
}

const UNDICI: readonly UndiciName[] = ['undici-6', 'undici-7', 'undici-8'];

/** Applications without an SDK: Node's fetch and every supported copy of undici. */
export const PLAIN_HTTP_DRIVERS: readonly Driver[] = [
  ...[OPENAI_CHAT, GEMINI].flatMap((wire) => MODES.map((mode) => plainDriver('fetch', 'sdks', 'fetch', mode, wire, nodeFetch))),
  ...UNDICI.flatMap((name) =>
    MODES.flatMap((mode) => [
      plainDriver(`${name.replace('-', ' ')} request`, name, 'undici', mode, OPENAI_CHAT, undiciRequest(name)),
      plainDriver(`${name.replace('-', ' ')} fetch`, name, 'undici', mode, OPENAI_CHAT, undiciFetch(name)),
    ]),
  ),
];
