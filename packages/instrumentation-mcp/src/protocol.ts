import { context, propagation } from '@opentelemetry/api';
import { guard, stepOf } from '@outspan/core';
import type { McpSubject, Step } from '@outspan/core';
import { interpose, isFunction, isObject, isSignal } from '@outspan/sdk-boundary';
import type { MethodCall, Sdk, SdkTracing } from '@outspan/sdk-boundary';
import { failureByCode, failureOf } from './failure.ts';
import { agreedVersion, argumentsOf, idOf, metaOf, readRequest, saysError, withMeta } from './message.ts';
import { readTransport } from './transport.ts';

const METHODS = ['request', '_onrequest', '_onnotification', '_onclose'] as const;

/** Clients and servers are one class beneath: each can ask the other. */
export const PROTOCOL: Sdk = {
  name: '@modelcontextprotocol/sdk',
  tested: { from: '1.10.0', below: '2.0.0' },
  filesOnly: true,
  files: ['esm', 'cjs'].map((form) => `@modelcontextprotocol/sdk/dist/${form}/shared/protocol.js`),
  targets(exports) {
    const protocol = isObject(exports) ? exports['Protocol'] : undefined;
    const prototype: unknown = isFunction(protocol) ? protocol.prototype : undefined;
    return isObject(prototype) && METHODS.every((method) => isFunction(prototype[method])) ? [prototype] : [];
  },
  observe(prototype, tracing) {
    const requests = new Requests(tracing);
    const leave = [
      interpose(prototype, 'request', (call) => requests.asked(call)),
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

/** The requests that go through one copy of the SDK. */
class Requests {
  readonly #tracing: SdkTracing;
  /** Requests that wait for their answer, of each transport, by their ids. */
  readonly #answering = new WeakMap<object, Map<string, Step>>();
  /** What client and server have agreed on, of each transport. */
  readonly #versions = new WeakMap<object, string>();
  readonly #leaveTransports = new Map<object, () => void>();

  constructor(tracing: SdkTracing) {
    this.#tracing = tracing;
  }

  leave(): void {
    for (const leave of this.#leaveTransports.values()) leave();
    this.#leaveTransports.clear();
  }

  /** This side asks the other. */
  asked({ self, args: [request, , options], run }: MethodCall): unknown {
    const facts = guard('reading a request', () => readRequest(request));
    if (facts === undefined || !isObject(self)) return run();
    const transport = self['_transport'];
    guard('watching a transport', () => this.#watch(transport));
    // The tool's own step tells of the call already, and the trace goes on from there.
    if (facts.toolName !== undefined && coversTool(facts.toolName)) return run();
    const signal = isObject(options) && isSignal(options['signal']) ? options['signal'] : undefined;
    const subject: McpSubject = { kind: 'mcp', side: 'client', ...facts, ...readTransport(transport), ...this.#agreed(transport) };
    return this.#tracing.runStep(() => ({ subject, content: () => ({ toolArguments: argumentsOf(request) }) }), run, {
      came: (result) => {
        if (facts.method === 'initialize') this.#agree(transport, agreedVersion(result));
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
    return step === undefined ? run() : context.with(step.context, run);
  }

  #receive(self: unknown, request: unknown): Step | undefined {
    const facts = readRequest(request);
    const id = idOf(request);
    const transport = isObject(self) ? self['_transport'] : undefined;
    if (facts === undefined || id === undefined || !isObject(self) || !isObject(transport)) return undefined;
    this.#watch(transport);
    const { url: _, ...way } = readTransport(transport);
    const step = this.#tracing.startStep({ subject: { kind: 'mcp', side: 'server', ...facts, requestId: id, ...way, ...this.#agreed(transport) }, content: () => ({ toolArguments: argumentsOf(request) }) }, propagation.extract(context.active(), metaOf(request)));
    if (step === undefined) return undefined;
    const answering = this.#answering.get(transport) ?? new Map<string, Step>();
    this.#answering.set(transport, answering);
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
      const answering = transport && this.#answering.get(transport);
      // Nobody waits for these answers any more.
      for (const step of answering?.values() ?? []) step.end('cancelled');
      answering?.clear();
    });
    return run();
  }

  /** What goes out is seen where the transport takes it: only there has a message its id, and only there is it known what was answered. */
  #watch(transport: unknown): void {
    if (!isObject(transport)) return;
    const owner = ownerOf(transport, 'send');
    if (owner === undefined || this.#leaveTransports.has(owner)) return;
    const leave = interpose(owner, 'send', ({ self, args, run }) => run(guard('sending a message', () => this.#sending(self, args)) ?? args));
    if (leave !== undefined) this.#leaveTransports.set(owner, leave);
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
    const carrier: Record<string, string> = {};
    propagation.inject(context.active(), carrier);
    return Object.keys(carrier).length === 0 ? undefined : [withMeta(message, carrier), ...rest];
  }

  #answered(transport: object, id: string, message: Readonly<Record<string, unknown>>): void {
    const step = this.#take(transport, id);
    if (step?.subject.kind !== 'mcp') return;
    const { subject } = step;
    const error = message['error'];
    const result = message['result'];
    if (subject.method === 'initialize') this.#agree(transport, agreedVersion(result));
    Object.assign(subject, this.#agreed(transport), sessionOf(transport));
    if (isObject(error) && typeof error['code'] === 'number') {
      subject.statusCode = error['code'];
      step.end(failureByCode(error['code']));
    } else step.end(saysError(result) ? { failed: 'tool_error' } : 'returned', () => ({ toolResult: resultOf(subject.toolName, result) }));
  }

  #take(transport: object | undefined, id: string | undefined): Step | undefined {
    const answering = transport && this.#answering.get(transport);
    const step = id === undefined ? undefined : answering?.get(id);
    if (id !== undefined) answering?.delete(id);
    return step;
  }

  #agree(transport: unknown, version: string | undefined): void {
    if (version !== undefined && isObject(transport)) this.#versions.set(transport, version);
  }

  #agreed(transport: unknown): { protocolVersion?: string } {
    const protocolVersion = isObject(transport) ? this.#versions.get(transport) : undefined;
    return protocolVersion === undefined ? {} : { protocolVersion };
  }
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
  return tool !== undefined && isObject(result) ? result['content'] : undefined;
}

function ownerOf(object: object, method: string): object | undefined {
  for (let owner: unknown = object; isObject(owner); owner = Object.getPrototypeOf(owner)) if (Object.hasOwn(owner, method)) return owner;
  return undefined;
}
