import { guard } from '@outspan/core';
import { interpose, isFunction, isObject } from '@outspan/sdk-boundary';
import type { Header } from './exchange.ts';
import { claimUpgrade } from './upgrades.ts';

/** Who is told what becomes of a socket. */
export interface SocketObserver {
  /** The handshake was answered, and not by an upgrade. */
  refused(status: number, headers: readonly Header[]): void;
  opened(headers: readonly Header[]): void;
  /** The transport failed: its error's code, where it has one. */
  failed(code: string | undefined, message: string | undefined): void;
  /** The application, or the SDK for it, closes. */
  closing(): void;
  /** Something was handed over to be sent. */
  sent(data: unknown): void;
  /** For good. 1006: without a word of the other side's. */
  closed(code: number): void;
}

/** The socket beneath what the SDK hands out, which may be an adapter of its own. */
export function platformSocketOf(socket: unknown): object | undefined {
  if (!isObject(socket)) return undefined;
  const beneath = socket['platformSocket'];
  return isObject(beneath) ? beneath : socket;
}

/** Where a socket leads, without its query: in that some clients send their key. */
export function addressOf(socket: object): { readonly url: URL; readonly model: string | undefined } | undefined {
  const href: unknown = Reflect.get(socket, 'url');
  if (typeof href !== 'string' || !URL.canParse(href)) return undefined;
  const { searchParams } = new URL(href);
  const url = new URL(href.replace(/^ws/, 'http'));
  url.search = '';
  // Azure's deployments stand for the model.
  return { url, model: searchParams.get('model') ?? searchParams.get('deployment') ?? undefined };
}

/** Follows a socket to its end, without a listener that anyone could count. */
export function observeSocket(socket: object, observer: SocketObserver): void {
  interpose(socket, 'send', ({ args, run }) => {
    const result = run();
    guard('reading what was sent', () => observer.sent(args[0]));
    return result;
  });
  for (const method of ['close', 'terminate']) {
    interpose(socket, method, ({ run }) => {
      guard('closing a socket', () => {
        if (isOpen(socket)) observer.closing();
      });
      return run();
    });
  }
  if (isFunction(Reflect.get(socket, 'emit'))) observeEmitter(socket, observer);
  else observeTarget(socket, observer);
}

/** `ws` closes by the same method when the other side has closed. */
function isOpen(socket: object): boolean {
  const state: unknown = Reflect.get(socket, 'readyState');
  return (state === 0 || state === 1) && Reflect.get(socket, '_closeFrameReceived') !== true;
}

type Told = (observer: SocketObserver, args: readonly unknown[]) => void;

/** Of the package `ws`. A listener for a refusal would make it leave the refusal to that. */
const EMITTED: ReadonlyMap<unknown, Told> = new Map<unknown, Told>([
  ['unexpected-response', (observer, [, response]) => observer.refused(isObject(response) && typeof response['statusCode'] === 'number' ? response['statusCode'] : 0, headersOf(response))],
  ['upgrade', (observer, [response]) => observer.opened(headersOf(response))],
  ['error', (observer, [error]) => observer.failed(textOf(error, 'code'), textOf(error, 'message'))],
  ['close', (observer, [code]) => observer.closed(typeof code === 'number' ? code : 1006)],
]);

function observeEmitter(socket: object, observer: SocketObserver): void {
  if (Reflect.get(socket, 'readyState') === 1) observer.opened([]);
  interpose(socket, 'emit', ({ args, run }) => {
    const told = EMITTED.get(args[0]);
    if (told !== undefined) guard('observing a socket', () => told(observer, args.slice(1)));
    return run();
  });
}

/** Of the platform's own class, which tells nothing of a refusal: the channels of undici beneath it do. */
function observeTarget(socket: object, observer: SocketObserver): void {
  const listen: unknown = Reflect.get(socket, 'addEventListener');
  if (!isFunction(listen)) return;
  claimUpgrade(String(Reflect.get(socket, 'url')), observer);
  const on = (type: string, told: (event: unknown) => void): void => {
    Reflect.apply(listen, socket, [type, (event: unknown) => guard('observing a socket', () => told(event)), { once: true }]);
  };
  let open = Reflect.get(socket, 'readyState') === 1;
  if (open) observer.opened([]);
  on('open', () => {
    open = true;
    observer.opened([]);
  });
  on('error', (event) => {
    observer.failed(undefined, textOf(event, 'message'));
    // Node 22's says no more of a connection that did not come about.
    if (!open) observer.closed(1006);
  });
  on('close', (event) => observer.closed(isObject(event) && typeof event['code'] === 'number' ? event['code'] : 1006));
}

function headersOf(response: unknown): readonly Header[] {
  const headers = isObject(response) ? response['headers'] : undefined;
  if (!isObject(headers)) return [];
  return Object.entries(headers).flatMap(([name, value]): Header[] => (typeof value === 'string' ? [[name, value]] : []));
}

function textOf(value: unknown, member: string): string | undefined {
  const text = isObject(value) ? value[member] : undefined;
  return typeof text === 'string' ? text : undefined;
}
