import { connect } from 'node:net';

/** How a connection was left: kept open after a whole answer, closed, reset, or open and silent. */
export type Left = 'kept' | 'fin' | 'reset' | 'quiet';

/** What came over a socket, read without any HTTP client that would smooth it over. */
export interface RawExchange {
  readonly status?: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly framing?: 'length' | 'chunked' | 'close';
  /** The framing's own end came: all bytes of a Content-Length, the last chunk, or the close that delimits. */
  readonly framingWhole: boolean;
  /** The body without its framing. */
  readonly body: Buffer;
  readonly left: Left;
}

/**
 * A connection on loopback counts as hanging after this many ticks in which nothing came. Ticks, as a process that was held up
 * for a while has had one of them only. Asked for where a hang is expected.
 */
export const QUIET_TICKS = 5;
/** Milliseconds. */
export const TICK_MS = 40;

/** Posts `body`, or sends it by another method, and reads until the answer is whole or the connection ends; with `quiet`, also until nothing more comes. */
export function post(url: string, body: unknown, quiet: boolean, method = 'POST'): Promise<RawExchange> {
  const { hostname, port, pathname, search } = new URL(url);
  const payload = Buffer.from(JSON.stringify(body));
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    let silent = 0;
    const ticks = setInterval(() => {
      silent += 1;
      if (quiet && silent >= QUIET_TICKS) finish('quiet');
    }, TICK_MS);
    let reset = false;
    const finish = (left: Left): void => {
      clearInterval(ticks);
      socket.destroy();
      resolve({ ...parse(Buffer.concat(chunks), left), left });
    };
    socket.on('connect', () => {
      socket.write(`${method} ${pathname}${search} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\ncontent-length: ${payload.length}\r\n\r\n`);
      socket.write(payload);
      silent = 0;
    });
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      silent = 0;
      if (mayBeWhole(chunks) && parse(Buffer.concat(chunks), 'kept').framingWhole) finish('kept');
    });
    socket.on('error', () => {
      reset = true;
    });
    socket.on('close', () => finish(reset ? 'reset' : 'fin'));
  });
}

/** Spares the parse of everything at every chunk of a chunked body that comes byte by byte. */
function mayBeWhole(chunks: readonly Buffer[]): boolean {
  const first = chunks[0]?.toString('latin1') ?? '';
  return !/transfer-encoding: chunked/i.test(first) || Buffer.concat(chunks.slice(-8)).subarray(-5).toString('latin1') === '0\r\n\r\n';
}

function parse(bytes: Buffer, left: Left): Omit<RawExchange, 'left'> {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return { headers: new Map(), framingWhole: false, body: bytes };
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
  const status = Number(statusLine.split(' ')[1]);
  const rest = bytes.subarray(headEnd + 4);
  const length = headers.get('content-length');
  if (length !== undefined) return { status, headers, framing: 'length', framingWhole: rest.length >= Number(length), body: rest };
  if (headers.get('transfer-encoding') === 'chunked') return { status, headers, framing: 'chunked', ...dechunk(rest) };
  return { status, headers, framing: 'close', framingWhole: left === 'fin', body: rest };
}

function dechunk(bytes: Buffer): { readonly framingWhole: boolean; readonly body: Buffer } {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return { framingWhole: false, body: Buffer.concat(chunks) };
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const begin = lineEnd + 2;
    if (size === 0) return { framingWhole: bytes.length >= begin + 2, body: Buffer.concat(chunks) };
    chunks.push(bytes.subarray(begin, begin + size));
    if (bytes.length < begin + size + 2) return { framingWhole: false, body: Buffer.concat(chunks) };
    at = begin + size + 2;
  }
}
