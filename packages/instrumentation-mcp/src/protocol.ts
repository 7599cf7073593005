import { context, guard, now, propagation, stepOf } from '@outspan/core';
import type { McpSession, McpSubject, Step, StepContent } from '@outspan/core';
import { interpose, isFunction, isObject, isSignal } from '@outspan/sdk-boundary';
import type { MethodCall, Sdk, SdkTracing } from '@outspan/sdk-boundary';
import { failureByCode, failureOf } from './failure.ts';
import { observeHandler } from './handler.ts';
import { agreedVersion, argumentsOf, idOf, metaOf, readRequest, saysError, withMeta } from './message.ts';
import type { RequestFacts } from './message.ts';
import { readTransport } from './transport.ts';

const METHODS = ['_onrequest', '_onnotification', '_onclose'] as const;

/** Where a method has what, among its arguments. */
interface Funnel {
  readonly method: string;
  readonly request: number;
  readonly options: number;
}

/** The method that every request of this side goes through, of each generation. */
const FUNNELS: readonly Funnel[] = [
  { method: '_requestWithSchemaViaCodec', request: 1, options: 3 },
  { method: 'request', request: 0, options: 2 },
];

/** Clients and servers are one class beneath: each can ask the other. */
const PROTOCOL: Pick<Sdk, 'targets' | 'observe'> = {
  targets(exports) {
    const protocol = isObject(exports) ? exports['Protocol'] : undefined;
    const prototype: unknown = isFunction(protocol) ? protocol.prototype : undefined;
    return isObject(prototype) && [...METHODS, 'request'].every((method) => isFunction(prototype[method])) ? [prototype] : [];
  },
  observe(prototype, tracing) {
    const requests = new Requests(tracing);
    const funnel = FUNNELS.find(({ method }) => method in prototype);
    const leave = [
      funnel && interpose(prototype, funnel.method, (call) => requests.asked(call, funnel)),
      interpose(prototype, '_onrequest', (call) => requests.received(call)),
      interpose(prototype, '_onnotification', (call) => requests.notified(call)),
      interpose(prototype, '_onclose', (call) => requests.closed(call)),
    ];
    return () => {
      for (const one of leave) one?.();
      requests.leave();
    };
  },
};

/** The SDK, by its packages: one of clients and servers, and one of each. */
export const SDKS: readonly Sdk[] = [
  {
    ...PROTOCOL,
    name: '@modelcontextprotocol/sdk',
    tested: { from: '1.10.0', below: '2.0.0' },
    filesOnly: true,
    files: ['esm', 'cjs'].map((form) => `@modelcontextprotocol/sdk/dist/${form}/shared/protocol.js`),
  },
  ...['@modelcontextprotocol/client', '@modelcontextprotocol/server'].map((name) => ({
    ...PROTOCOL,
    name,
    tested: { from: '2.0.0', below: '3.0.0' },
    files: [`${name}/dist/index.mjs`, `${name}/dist/index.cjs`],
  })),
];

// A transport may be of a class that several copies of the SDK use, and one of them watches it for all.
/** Requests that wait for their answer, of each transport, by their ids. */
const answeringOf = new WeakMap<object, Map<string, Step>>();
/** What client and server have agreed on, of each transport. */
const versionOf = new WeakMap<object, string>();
/** When the connection was opened, of each transport, by the sides that are here. */
const sessionsOf = new WeakMap<object, Map<McpSession['side'], number>>();

/** The requests that go through one copy of the SDK. */
class Requests {
  readonly #tracing: SdkTracing;
  readonly #leaveTransports = new Map<object, () => void>();

  constructor(tracing: SdkTracing) {
    this.#tracing = tracing;
  }

  leave(): void {
    for (const leave of this.#leaveTransports.values()) leave();
    this.#leaveTransports.clear();
  }

  /** This side asks the other. */
  asked({ self, args, run }: MethodCall, at: Funnel): unknown {
    const [request, options] = [args[at.request], args[at.options]];
    const facts = guard('reading a request', () => readRequest(request));
    if (facts === undefined || !isObject(self)) return run();
    const transport = self['_transport'];
    const watched = guard('watching a transport', () => this.#watch(transport)) ?? false;
    // The tool's own step tells of the call already, and the trace goes on from there.
    if (facts.toolName !== undefined && coversTool(facts.toolName)) return run();
    const signal = isObject(options) && isSignal(options['signal']) ? options['signal'] : undefined;
    const subject: McpSubject = { kind: 'mcp', side: 'client', ...facts, ...readTransport(transport), ...this.#agreed(transport) };
    const ask = (): unknown => run(watched ? args : (guard('preparing a request', () => this.#asking(self, subject, args, at)) ?? args));
    const startedAt = now();
    return this.#tracing.runStep(() => ({ subject, content: () => askedContent(facts, request) }), ask, {
      came: (result) => {
        if (facts.method === 'initialize') this.#agree(transport, agreedVersion(result), 'client', startedAt);
        Object.assign(subject, this.#agreed(transport), sessionOf(transport));
        return [saysError(result) ? { failed: 'tool_error' } : 'returned', () => ({ toolResult: resultOf(facts.toolName, result) })];
      },
      failed: (error) => {
        const { result, statusCode } = failureOf(error, signal);
        Object.assign(subject, sessionOf(transport), statusCode === undefined ? {} : { statusCode });
        return [result];
      },
    });
  }

  /** The other side asks this one. */
  received({ self, args: [request], run }: MethodCall): unknown {
    const step = guard('receiving a request', () => this.#receive(self, request));
    if (step === undefined) return run();
    const answer = (): unknown => context.with(step.context, run);
    const transport = transportOf(self);
    const id = idOf(request);
    if (transport === undefined || id === undefined || this.#watch(transport)) return answer();
    return observeHandler(self, request, answer, (answered) => this.#answered(transport, id, answered));
  }

  /** What goes with a request, where it is not seen going out. */
  #asking(self: Readonly<Record<string, unknown>>, subject: McpSubject, args: readonly unknown[], at: Funnel): readonly unknown[] | undefined {
    const id = idOf({ id: self['_requestMessageId'] });
    if (id !== undefined) subject.requestId = id;
    const carrier = carried();
    const request = args[at.request];
    return carrier === undefined || !isObject(request) ? undefined : args.with(at.request, withMeta(request, carrier));
  }

  #receive(self: unknown, request: unknown): Step | undefined {
    const facts = readRequest(request);
    const id = idOf(request);
    const transport = isObject(self) ? self['_transport'] : undefined;
    if (facts === undefined || id === undefined || !isObject(self) || !isObject(transport)) return undefined;
    const { url: _, ...way } = readTransport(transport);
    const step = this.#tracing.startStep({ subject: { kind: 'mcp', side: 'server', ...facts, requestId: id, ...way, ...this.#agreed(transport) }, content: () => askedContent(facts, request) }, propagation.extract(context.active(), metaOf(request)));
    if (step === undefined) return undefined;
    const answering = answeringOf.get(transport) ?? new Map<string, Step>();
    answeringOf.set(transport, answering);
    answering.get(id)?.abandon();
    answering.set(id, step);
    return step;
  }

  notified({ self, args: [notification], run }: MethodCall): unknown {
    guard('receiving a notification', () => {
      if (!isObject(notification) || notification['method'] !== 'notifications/cancelled' || !isObject(notification['params'])) return;
      // Nothing is answered to what was cancelled.
      this.#take(transportOf(self), idOf({ id: notification['params']['requestId'] }))?.end('cancelled');
    });
    return run();
  }

  closed({ self, run }: MethodCall): unknown {
    guard('closing a connection', () => {
      const transport = transportOf(self);
      if (transport === undefined) return;
      this.#sessionEnds(transport);
      const answering = answeringOf.get(transport);
      // Nobody waits for these answers any more.
      for (const step of answering?.values() ?? []) step.end('cancelled');
      answering?.clear();
    });
    return run();
  }

  /**
   * What goes out is seen where the transport takes it: only there has a message its id, and only there is it known what was answered.
   *
   * @returns false for a transport with a `send` of its own: the application may hold, count or compare that function
   */
  #watch(transport: unknown): boolean {
    if (!isObject(transport) || Object.hasOwn(transport, 'send')) return false;
    const owner = ownerOf(transport, 'send');
    if (owner === undefined) return false;
    if (this.#leaveTransports.has(owner)) return true;
    const leave = interpose(owner, 'send', ({ self, args, run }) => run(guard('sending a message', () => this.#sending(self, args)) ?? args));
    if (leave !== undefined) this.#leaveTransports.set(owner, leave);
    return leave !== undefined;
  }

  #sending(transport: unknown, args: readonly unknown[]): readonly unknown[] | undefined {
    const [message, ...rest] = args;
    const id = idOf(message);
    if (!isObject(message) || !isObject(transport) || id === undefined) return undefined;
    if (typeof message['method'] !== 'string') {
      this.#answered(transport, id, message);
      return undefined;
    }
    const step = stepOf(context.active());
    if (step?.subject.kind === 'mcp' && step.subject.side === 'client') step.subject.requestId ??= id;
    const carrier = carried();
    return carrier === undefined ? undefined : [withMeta(message, carrier), ...rest];
  }

  #answered(transport: object, id: string, message: Readonly<Record<string, unknown>>): void {
    const step = this.#take(transport, id);
    if (step?.subject.kind !== 'mcp') return;
    const { subject } = step;
    const error = message['error'];
    const result = message['result'];
    if (subject.method === 'initialize') this.#agree(transport, agreedVersion(result), 'server', step.startedAt);
    Object.assign(subject, this.#agreed(transport), sessionOf(transport));
    if (isObject(error) && typeof error['code'] === 'number') {
      subject.statusCode = error['code'];
      step.end(failureByCode(error['code']));
    } else step.end(saysError(result) ? { failed: 'tool_error' } : 'returned', () => ({ toolResult: resultOf(subject.toolName, result) }));
  }

  #take(transport: object | undefined, id: string | undefined): Step | undefined {
    const answering = transport && answeringOf.get(transport);
    const step = id === undefined ? undefined : answering?.get(id);
    if (id !== undefined) answering?.delete(id);
    return step;
  }

  #agree(transport: unknown, version: string | undefined, side: McpSession['side'], startedAt: number): void {
    if (version === undefined || !isObject(transport)) return;
    versionOf.set(transport, version);
    if (!sessionsOf.has(transport)) sessionsOf.set(transport, new Map());
    sessionsOf.get(transport)?.set(side, startedAt);
  }

  #sessionEnds(transport: object): void {
    const { networkProtocol, transport: way, url } = readTransport(transport);
    for (const [side, startedAt] of sessionsOf.get(transport) ?? []) {
      this.#tracing.tracker.steps.sessionEnded({ side, startedAt, ...this.#agreed(transport), ...(way !== undefined && { transport: way }), ...(networkProtocol !== undefined && { networkProtocol }), ...(url !== undefined && side === 'client' && { url }) });
    }
    sessionsOf.delete(transport);
  }

  #agreed(transport: unknown): { protocolVersion?: string } {
    const protocolVersion = isObject(transport) ? versionOf.get(transport) : undefined;
    return protocolVersion === undefined ? {} : { protocolVersion };
  }
}

/** What is to go along with a request; undefined where nothing is. */
function carried(): Readonly<Record<string, string>> | undefined {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return Object.keys(carrier).length === 0 ? undefined : carrier;
}

/** Whether a tool at work around this says what a span of the request would say: then there is to be no second one. */
function coversTool(tool: string): boolean {
  const around = stepOf(context.active());
  return around?.subject.kind === 'tool' && (around.subject.name === tool || around.subject.name.endsWith(`__${tool}`));
}

function transportOf(self: unknown): object | undefined {
  const transport = isObject(self) ? self['_transport'] : undefined;
  return isObject(transport) ? transport : undefined;
}

function sessionOf(transport: unknown): { sessionId?: string } {
  const { sessionId } = readTransport(transport);
  return sessionId === undefined ? {} : { sessionId };
}

/** What a tool gave; what other requests give is not recorded. */
function resultOf(tool: string | undefined, result: unknown): unknown {
  return tool !== undefined && isObject(result) ? result : undefined;
}

/** What a request asks with: a prompt's variables, or the arguments of a tool. */
function askedContent({ promptName }: RequestFacts, request: unknown): StepContent {
  const given = argumentsOf(request);
  return promptName === undefined ? { toolArguments: given } : isObject(given) ? { promptVariables: given } : {};
}

function ownerOf(object: object, method: string): object | undefined {
  for (let owner: unknown = object; isObject(owner); owner = Object.getPrototypeOf(owner)) if (Object.hasOwn(owner, method)) return owner;
  return undefined;
}
