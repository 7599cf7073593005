import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { type Call, DEFAULT_SIZES, type Sizes } from '../dialects/call.ts';
import { openaiRealtime } from '../dialects/openai-realtime.ts';
import { wireDialect } from '../dialects/table.ts';
import { inWords, type Words } from '../dialects/words.ts';
import { faultById } from '../faults/catalogue.ts';
import { appliesTo, type Fault } from '../faults/fault.ts';
import { readScript, type Playbook, type Script, ScriptError } from '../script.ts';
import { HEX, type Random, randomId, seededRandom } from '../wire/random.ts';
import { SAID_NOTHING } from '../wire/said.ts';
import { noReply, type Reply, wholeReply } from '../wire/reply.ts';
import { converse } from './conversation.ts';
import { type Arrival, flat } from './outlet.ts';
import { refuseUpgrade } from './refusal.ts';
import { play } from './play.ts';
import { type Identity, Port, portOf, reachedBy, type Upgrade } from './port.ts';
import { type Answered, type ReceivedRequest, Ring } from './received.ts';
import { type RequestLine, type Route, route } from './route.ts';

/** Milliseconds before an answer begins: `ms`, give or take `jitterMs`. */
export interface Latency {
  readonly ms: number;
  readonly jitterMs: number;
}

/** What may differ from session to session. */
export interface SessionOptions extends Partial<Sizes> {
  readonly latency?: Latency;
  /** Determines ids and draws. Default 1. */
  readonly seed?: number;
  /** What answers say in place of the stock words. */
  readonly words?: Words;
  /** Over a WebSocket: the code of the close frame that ends what is cut cleanly. Default 1011. */
  readonly closeCode?: number;
}

/** How a provider is started. */
export interface FaultProviderOptions extends SessionOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** The address to listen on. Default 127.0.0.1: whoever reaches another one may use the provider, which asks for nothing. */
  readonly host?: string;
  /** What requests outside of any session meet. Default `ok`. */
  readonly script?: Script;
  /** Speaks TLS as well, on the same port, to whom begins with it: some clients of WebSockets know nothing else. */
  readonly tls?: Identity;
  /** Requests that the log, and each session's, keeps. Default 1000. */
  readonly logLimit?: number;
  /** Bytes up to which a request's body is kept in the log. Default 64 KiB. */
  readonly loggedBodyBytes?: number;
  /** Is called when an answer has ended. */
  readonly onAnswered?: (request: ReceivedRequest) => void;
}

/** Requests of their own path prefix, with a script and a log of their own. */
export interface Session {
  /** OpenAI clients use `${baseUrl}/v1`, Anthropic's and Gemini's `baseUrl` itself. */
  readonly baseUrl: string;
  /** What it received, in order; the last {@link FaultProviderOptions.logLimit}. */
  readonly requests: readonly ReceivedRequest[];
  /** Sockets now open whose latest request was this session's. */
  openSockets(): number;
  /** The client's ports of those sockets. */
  clientPorts(): readonly number[];
  /**
   * From the next request on, its requests meet this script: an outage that begins, or ends, while clients are at work.
   * @throws ScriptError, also for `refused`, which no session can change to or from
   */
  play(script: Script): void;
}

/** An LLM provider on loopback that misbehaves as it is told. */
export interface FaultProvider {
  /** `http://127.0.0.1:PORT`; of a provider on every address, with the machine's name. */
  readonly url: string;
  /**
   * Starts a session.
   * @throws ScriptError
   */
  session(script: Script, options?: SessionOptions): Session;
  /** What it received, of all sessions, in order; the last {@link FaultProviderOptions.logLimit}. */
  readonly log: readonly ReceivedRequest[];
  /** Sockets now open. */
  openSockets(): number;
  /** Stops listening and closes every socket. */
  close(): Promise<void>;
}

/**
 * Starts a provider, on 127.0.0.1 unless told otherwise.
 * @throws ScriptError for a script that cannot be played; the socket's own error when the port is taken
 */
export async function startFaultProvider(options: FaultProviderOptions = {}): Promise<FaultProvider> {
  const provider = new LoopbackProvider(options);
  await provider.start(options.port ?? 0, options.host ?? '127.0.0.1');
  return provider;
}

interface SessionState {
  playbook: Playbook;
  readonly log: Ring<ReceivedRequest>;
  readonly random: Random;
  readonly latency: Latency;
  readonly sizes: Sizes;
  readonly words: Words;
  readonly closeCode: number;
  received: number;
}

/** A redirected request comes back with this; it is answered without moving the script on. */
const REDIRECTED = 'outspan-redirected';
/** Larger request bodies are answered 413, whatever the script says: memory is bounded. */
const MAX_REQUEST_BYTES = 256 * 1024 * 1024;
const SESSION_PATH = /^\/s\/(?<id>[a-z0-9]+)(?<rest>\/.*)?$/;

class LoopbackProvider implements FaultProvider {
  readonly #options: FaultProviderOptions;
  readonly #port: Port;
  readonly #connections = new Map<Socket, SessionState | undefined>();
  readonly #log: Ring<ReceivedRequest>;
  readonly #sessions = new Map<string, SessionState>();
  readonly #default: SessionState;
  readonly #closedPort = new ClosedPort();
  #host = '127.0.0.1';
  #portNumber = 0;

  constructor(options: FaultProviderOptions) {
    this.#options = options;
    this.#log = new Ring(options.logLimit ?? 1000);
    this.#default = this.#newState(options.script ?? 'ok', {});
    this.#port = new Port(
      {
        answer: (arrival) => {
          this.#answer(arrival).catch(() => arrival.destroy());
        },
        upgrade: (upgrade) => {
          this.#upgrade(upgrade).catch(() => upgrade.beneath.destroy());
        },
        opened: (connection) => this.#connections.set(connection, undefined),
        closed: (connection) => this.#connections.delete(connection),
      },
      options.tls,
    );
  }

  async start(port: number, host: string): Promise<void> {
    this.#portNumber = await this.#port.listen(port, host);
    this.#host = reachedBy(host);
    await this.#closedPort.open();
  }

  get url(): string {
    return `http://${this.#host}:${this.#portNumber}`;
  }

  get log(): readonly ReceivedRequest[] {
    return this.#log.entries;
  }

  session(script: Script, options: SessionOptions = {}): Session {
    const state = this.#newState(script, options);
    const id = (this.#sessions.size + 1).toString(36).padStart(4, '0');
    this.#sessions.set(id, state);
    const origin = state.playbook.refused ? `http://127.0.0.1:${this.#closedPort.port}` : this.url;
    const clientPorts = (): number[] => [...this.#connections].flatMap(([{ remotePort }, latest]) => (latest === state && remotePort !== undefined ? [remotePort] : []));
    return {
      baseUrl: `${origin}/s/${id}`,
      get requests() {
        return state.log.entries;
      },
      clientPorts,
      openSockets: () => clientPorts().length,
      play: (next) => {
        const playbook = readScript(next, state.random);
        if (playbook.refused || state.playbook.refused) throw new ScriptError("'refused' is another address: a session is refused from its beginning to its end, or never");
        state.playbook = playbook;
      },
    };
  }

  openSockets(): number {
    return this.#connections.size;
  }

  async close(): Promise<void> {
    await this.#closedPort.close();
    await this.#port.close();
  }

  #newState(script: Script, options: SessionOptions): SessionState {
    const given = { ...this.#options, ...options };
    const random = seededRandom(given.seed ?? 1);
    return {
      playbook: readScript(script, random),
      log: new Ring(this.#options.logLimit ?? 1000),
      random,
      latency: given.latency ?? { ms: 0, jitterMs: 0 },
      sizes: {
        textEvents: given.textEvents ?? DEFAULT_SIZES.textEvents,
        tokenDelayMs: given.tokenDelayMs ?? DEFAULT_SIZES.tokenDelayMs,
        retryAfterSeconds: given.retryAfterSeconds ?? DEFAULT_SIZES.retryAfterSeconds,
        hugeBodyBytes: given.hugeBodyBytes ?? DEFAULT_SIZES.hugeBodyBytes,
        hugeEventBytes: given.hugeEventBytes ?? DEFAULT_SIZES.hugeEventBytes,
      },
      words: given.words ?? {},
      closeCode: given.closeCode ?? 1011,
      received: 0,
    };
  }

  async #answer(arrival: Arrival): Promise<void> {
    const at = Date.now();
    const { method, headers, left } = arrival;
    const url = new URL(arrival.target, this.url);
    const match = SESSION_PATH.exec(url.pathname);
    const state = match ? this.#sessions.get(match.groups?.['id'] ?? '') : this.#default;
    const body = await received(arrival);
    if (body === undefined || left.aborted) return;
    const path = match ? (match.groups?.['rest'] ?? '/') : url.pathname;
    this.#connections.set(arrival.connection, state);

    const parsed = parseBody(body);
    const chosen = this.#choose({ method, prefer: headers['prefer'], model: headers['ai-language-model-id'], streaming: headers['ai-language-model-streaming'] }, url, path, parsed, state);
    const answered: { -readonly [K in keyof Answered]: Answered[K] } = { bytes: 0, said: SAID_NOTHING };
    const entry: ReceivedRequest = {
      at,
      httpVersion: arrival.httpVersion,
      method,
      path,
      query: url.search,
      headers,
      body: body.length <= (this.#options.loggedBodyBytes ?? 65_536) ? parsed : undefined,
      bodyBytes: body.length,
      ...(chosen.route && { dialect: chosen.route.dialect, mode: chosen.route.mode, ...(chosen.route.opens && { opens: true }) }),
      fault: chosen.fault,
      ...(chosen.skipped !== undefined && { skipped: chosen.skipped }),
      attempt: state ? ++state.received : 1,
      answered,
    };
    this.#log.push(entry);
    state?.log.push(entry);

    if (state) await pause(state, left);
    const endedBy = await play(chosen.reply, arrival.outlet, left, {
      head: (status, sent) => Object.assign(answered, { status, headers: sent }),
      body(bytes, said) {
        answered.bytes += bytes;
        answered.said = said;
      },
    });
    answered.endedBy = endedBy === 'client' && !this.#port.listening ? 'shutdown' : endedBy;
    this.#options.onAnswered?.(entry);
  }

  /** A handshake is refused by what is no stream; a stream is kept for the first response that is asked for over the connection. */
  async #upgrade({ beneath, head, request, socket }: Upgrade): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const match = SESSION_PATH.exec(url.pathname);
    const state = match ? this.#sessions.get(match.groups?.['id'] ?? '') : this.#default;
    const path = match ? (match.groups?.['rest'] ?? '/') : url.pathname;
    const found = /\/(?<protocol>realtime|responses)\/?$/.exec(path)?.groups?.['protocol'];
    this.#connections.set(beneath, state);
    socket.on('error', () => undefined);
    if (state === undefined || found === undefined) {
      await refuseUpgrade(unknownUrl('GET', path), socket, beneath);
      return;
    }
    const protocol = found === 'realtime' ? 'realtime' : 'responses';
    const model = url.searchParams.get('model') ?? url.searchParams.get('deployment') ?? 'unnamed-model';
    const choose = (body: unknown): { readonly chosen: Chosen; readonly entry: ReceivedRequest; readonly answered: { -readonly [K in keyof Answered]: Answered[K] } } => {
      const chosen = this.#chooseForSocket(protocol, model, path, body, state);
      const answered: { -readonly [K in keyof Answered]: Answered[K] } = { bytes: 0, said: SAID_NOTHING };
      const sent = body === undefined ? 0 : JSON.stringify(body).length;
      const entry: ReceivedRequest = {
        at: Date.now(), httpVersion: '1.1', method: 'GET', path, query: url.search, headers: flat(request.headers), body: sent <= (this.#options.loggedBodyBytes ?? 65_536) ? body : undefined, bodyBytes: sent,
        dialect: 'openai.responses', mode: 'stream', fault: chosen.fault, ...(chosen.skipped !== undefined && { skipped: chosen.skipped }), attempt: ++state.received, answered,
      };
      this.#log.push(entry);
      state.log.push(entry);
      return { chosen, entry, answered };
    };
    let first: ReturnType<typeof choose> | undefined = choose(undefined);
    if (isRefusal(first.chosen.reply)) {
      const { answered, chosen, entry } = first;
      Object.assign(answered, chosen.reply.head);
      answered.endedBy = await refuseUpgrade(chosen.reply, socket, beneath);
      this.#options.onAnswered?.(entry);
      return;
    }
    const accept = new WebSocketServer({ noServer: true });
    accept.on('headers', (headers) => headers.push(`x-request-id: req_${randomId(state.random, 32, HEX)}`));
    accept.handleUpgrade(request, socket, head, (opened) =>
      converse(opened, beneath, {
        protocol,
        model,
        closeCode: state.closeCode,
        next: (asked) => {
          const { answered, chosen, entry } = first ?? choose(asked);
          first = undefined;
          Object.assign(answered, { status: 101 });
          return {
            reply: chosen.reply,
            progress: (bytes, said) => Object.assign(answered, { bytes, said }),
            ended: (by) => {
              answered.endedBy = by;
              this.#options.onAnswered?.(entry);
            },
          };
        },
      }),
    );
  }

  #chooseForSocket(protocol: 'realtime' | 'responses', model: string, path: string, body: unknown, state: SessionState): Chosen {
    const found = route(new URL('/v1/responses', this.url), { model, ...(isObject(body) && { ...(isObject(body['response']) ? body['response'] : body) }), stream: true });
    if (found === undefined) throw new Error('responses are known');
    const scripted = state.playbook.next();
    const fault = appliesTo(scripted, found) && scripted.play !== 'refuse' ? scripted : OK;
    const call: Call = { ...found, origin: this.url, path, requestId: randomId(state.random, 32, HEX), random: state.random, now: Date.now(), sizes: state.sizes };
    const dialect = protocol === 'realtime' ? openaiRealtime : wireDialect(found.dialect, found.model);
    return {
      fault: fault.id,
      route: found,
      reply: fault.play === 'refuse' ? noReply('reset') : withHeaders(state.words.headers, fault.play(call, inWords(state.words, dialect))),
      ...(fault !== scripted && { skipped: scripted.id }),
    };
  }

  #choose(line: RequestLine, url: URL, path: string, body: unknown, state: SessionState | undefined): Chosen {
    const found = route(new URL(path + url.search, url), body, line);
    if (state === undefined || found === undefined) return { fault: 'unknown_url', reply: unknownUrl(line.method, path) };
    const redirected = url.searchParams.has(REDIRECTED);
    const scripted = redirected || found.opens === true ? OK : state.playbook.next();
    const fault = appliesTo(scripted, found) && scripted.play !== 'refuse' ? scripted : OK;
    const query = new URLSearchParams(url.searchParams);
    query.set(REDIRECTED, '1');
    const call: Call = { ...found, origin: url.origin, path: `${url.pathname}?${query.toString()}`, requestId: randomId(state.random, 32, HEX), random: state.random, now: Date.now(), sizes: state.sizes };
    const dialect = inWords(state.words, wireDialect(found.dialect, found.model));
    const begun = found.opens === true ? dialect.opening?.(call) : undefined;
    const play = begun === undefined ? fault.play : () => wholeReply({ status: begun.status, headers: { 'content-type': 'application/json', ...dialect.headers(call) } }, JSON.stringify(begun.json), begun.says);
    return {
      fault: fault.id,
      route: found,
      reply: play === 'refuse' ? noReply('reset') : withHeaders(state.words.headers, play(call, dialect)),
      ...(fault !== scripted && { skipped: scripted.id }),
    };
  }
}

function withHeaders(headers: Words['headers'], reply: Reply): Reply {
  return headers === undefined || reply.head === undefined ? reply : { ...reply, head: { ...reply.head, headers: { ...reply.head.headers, ...headers } } };
}

interface Chosen {
  readonly fault: string;
  readonly skipped?: string;
  readonly route?: Route;
  readonly reply: Reply;
}

function needed(id: string): Fault {
  const fault = faultById(id);
  if (!fault) throw new Error(`the catalogue has no '${id}'`);
  return fault;
}

const OK = needed('ok');

function unknownUrl(method: string, path: string): Reply {
  const error = { message: `Unknown request URL: ${method} ${path}. The fault provider speaks chat/completions, responses, embeddings, images, audio, moderations, messages, models/…:generateContent, model/…/converse, model/…/invoke, and Cohere's, Ollama's and Replicate's paths.`, type: 'invalid_request_error', param: null, code: 'unknown_url' };
  return wholeReply({ status: 404, headers: { 'content-type': 'application/json' } }, JSON.stringify({ error }));
}

/** Whether an answer is none that a conversation could begin with. */
function isRefusal({ head }: Reply): boolean {
  return head === undefined || head.status !== 200 || !(head.headers['content-type'] ?? '').startsWith('text/event-stream');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function pause({ latency, random }: SessionState, left: AbortSignal): Promise<void> {
  const ms = Math.max(0, latency.ms + (random() * 2 - 1) * latency.jitterMs);
  if (latency.ms === 0 && latency.jitterMs === 0) return;
  await wait(ms, undefined, { signal: left }).catch(() => undefined);
}

async function received(arrival: Arrival): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of arrival.body) {
      const buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
      bytes += buffer.length;
      if (bytes > MAX_REQUEST_BYTES) {
        arrival.destroy();
        return undefined;
      }
      chunks.push(buffer);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}

function parseBody(body: Buffer): unknown {
  const text = body.toString('utf8');
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch {
    return text;
  }
}

/**
 * A port where connections are refused for as long as the provider runs. It is kept by a socket that is connected *from* it:
 * a port that was merely free a moment ago may be listened on by the next test.
 */
class ClosedPort {
  readonly #server = createTcpServer();
  #socket: Socket | undefined;

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const socket = connect(portOf(this.#server.address()), '127.0.0.1');
    this.#socket = socket;
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    socket.on('error', () => undefined);
    socket.unref();
    this.#server.unref();
  }

  get port(): number {
    return this.#socket?.localPort ?? 1;
  }

  async close(): Promise<void> {
    this.#socket?.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
