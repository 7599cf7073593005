import { connect, constants } from 'node:http2';
import { type Left, QUIET_TICKS, type RawExchange, TICK_MS } from './raw-exchange.ts';

/** Posts `body` over HTTP/2, on a connection of its own, as {@link RawExchange}: the framing's own end is END_STREAM. */
export function postOverHttp2(url: string, body: unknown, quiet: boolean, method = 'POST'): Promise<RawExchange> {
  const { origin, pathname, search } = new URL(url);
  return new Promise((resolve) => {
    const session = connect(origin);
    const stream = session.request({ ':method': method, ':path': `${pathname}${search}`, 'content-type': 'application/json' }, { endStream: false });
    const chunks: Buffer[] = [];
    let head: { readonly status?: number; readonly headers: ReadonlyMap<string, string> } = { headers: new Map() };
    let silent = 0;
    let left: Left | undefined;
    const ticks = setInterval(() => {
      silent += 1;
      if (!quiet || silent < QUIET_TICKS) return;
      left ??= 'quiet';
      stream.close(constants.NGHTTP2_CANCEL);
    }, TICK_MS);
    session.on('error', () => undefined);
    stream.on('response', ({ ':status': status, ...headers }) => {
      silent = 0;
      head = { ...(status !== undefined && { status }), headers: new Map(Object.entries(headers).map(([name, value]) => [name, String(value)])) };
    });
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      silent = 0;
    });
    stream.on('error', () => {
      left ??= 'reset';
    });
    stream.on('close', () => {
      clearInterval(ticks);
      session.destroy();
      // Node's client takes a lost connection for the end of the body, and says so only by the code.
      left ??= stream.rstCode === constants.NGHTTP2_NO_ERROR ? 'kept' : 'fin';
      resolve({ ...head, framingWhole: left === 'kept', body: Buffer.concat(chunks), left });
    });
    stream.end(JSON.stringify(body));
  });
}
