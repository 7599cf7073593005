import { listen } from '@outspan/core';
import type { ChannelHandlers } from '@outspan/core';
import { isObject } from '@outspan/sdk-boundary';
import type { Header } from './exchange.ts';
import type { SocketObserver } from './socket.ts';

type Watcher = Pick<SocketObserver, 'refused' | 'failed'>;

/** Handshakes that nobody has claimed yet, newest last: a socket's is sent before its constructor returns. */
let unclaimed: { readonly request: object; readonly key: string }[] = [];
const MOST_UNCLAIMED = 16;
const claimed = new WeakMap<object, Watcher>();
let watching = 0;
let stop = (): void => undefined;

/** Listens to the handshakes of the platform's own sockets, of which those tell nothing but that they failed. @returns stops */
export function watchUpgrades(): () => void {
  if (watching++ === 0) stop = listen(CHANNELS);
  let left = false;
  return () => {
    if (left) return;
    left = true;
    if (--watching > 0) return;
    stop();
    unclaimed = [];
  };
}

/** Has `watcher` told of the handshake of a socket that was just made. */
export function claimUpgrade(url: string, watcher: Watcher): void {
  const key = keyOf(url);
  const found = unclaimed.findLast((one) => one.key === key);
  if (found === undefined) return;
  unclaimed = unclaimed.filter((one) => one !== found);
  claimed.set(found.request, watcher);
}

const CHANNELS: ChannelHandlers = [
  ['undici:request:create', ofObjects(({ request }) => {
    if (!isObject(request) || request['upgrade'] !== 'websocket') return;
    const key = keyOf(`${String(request['origin'])}${String(request['path'])}`);
    if (key !== undefined) unclaimed = [...unclaimed.slice(1 - MOST_UNCLAIMED), { request, key }];
  })],
  ['undici:request:headers', ofObjects(({ request, response }) => {
    const watcher = watcherOf(request);
    if (watcher === undefined || !isObject(response)) return;
    const { headers, statusCode } = response;
    if (typeof statusCode === 'number' && statusCode !== 101) watcher.refused(statusCode, pairsOf(headers));
  })],
  ['undici:request:error', ofObjects(({ error, request }) => {
    const code = isObject(error) ? error['code'] : undefined;
    watcherOf(request)?.failed(typeof code === 'string' ? code : undefined, undefined);
  })],
];

function watcherOf(request: unknown): Watcher | undefined {
  return isObject(request) ? claimed.get(request) : undefined;
}

function ofObjects(told: (message: Readonly<Record<string, unknown>>) => void): (message: unknown) => void {
  return (message) => {
    if (isObject(message)) told(message);
  };
}

function keyOf(url: string): string | undefined {
  const http = url.replace(/^ws/, 'http');
  if (!URL.canParse(http)) return undefined;
  const { origin, pathname, search } = new URL(http);
  return origin + pathname + search;
}

/** Names and values in turn, as bytes. */
function pairsOf(headers: unknown): readonly Header[] {
  if (!Array.isArray(headers)) return [];
  const words = headers.map(String);
  return words.flatMap((name, i): Header[] => (i % 2 === 0 ? [[name.toLowerCase(), words[i + 1] ?? '']] : []));
}
