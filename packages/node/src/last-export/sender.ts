import type { Destination } from './destination.ts';

/** What stands in the first line of the input: of each request all but its body, whose bytes follow in the same order. */
export interface Letter extends Destination {
  readonly length: number;
}

/**
 * Makes the requests that standard input describes, all at once, and ends the process: with 0 when each one was taken,
 * else with 1 and a reason on standard output.
 *
 * Runs in a process of its own from its own source text, so that it needs no file beside it where this package is part
 * of a bundle: it uses nothing from outside of itself.
 */
export function sendLetters(): void {
  const { readFileSync, writeSync } = process.getBuiltinModule('node:fs');

  const over = (why?: string): never => {
    if (why !== undefined) writeSync(1, why.slice(0, 300));
    process.exit(why === undefined ? 0 : 1);
  };

  const sendHttp = (letter: Letter, body: Uint8Array, done: (why?: string) => void): void => {
    const options = { method: 'POST', headers: { 'User-Agent': 'Outspan-OTLP-Exporter', ...letter.headers, 'content-length': body.byteLength, ...(letter.gzip && { 'content-encoding': 'gzip' }) } };
    const request = letter.url.startsWith('https:')
      ? process.getBuiltinModule('node:https').request(letter.url, { ...options, ...letter.tls })
      : process.getBuiltinModule('node:http').request(letter.url, options);
    request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      done(status < 300 ? undefined : `${status} ${response.statusMessage}`);
    });
    request.on('error', (error: NodeJS.ErrnoException) => done(error.message === '' ? error.code : error.message));
    request.end(body);
  };

  const sendGrpc = (letter: Letter, body: Uint8Array, done: (why?: string) => void): void => {
    const { origin, pathname } = new URL(letter.url);
    const session = process.getBuiltinModule('node:http2').connect(origin, letter.tls);
    const failed = (error: NodeJS.ErrnoException): void => done(error.message === '' ? error.code : error.message);
    session.on('error', failed);
    const stream = session.request({
      'user-agent': 'Outspan-OTLP-Exporter',
      ...letter.headers,
      ':method': 'POST',
      ':path': pathname,
      te: 'trailers',
      'content-type': 'application/grpc',
      ...(letter.gzip && { 'grpc-encoding': 'gzip' }),
    });
    // An answer without a body has its status in its head.
    const judge = (headers: Readonly<Record<string, unknown>>): void => {
      const { 'grpc-status': status, 'grpc-message': message = '' } = headers;
      if (typeof status === 'string') done(status === '0' ? undefined : `gRPC status ${status} ${typeof message === 'string' ? message : ''}`);
    };
    stream.on('error', failed).on('response', judge).on('trailers', judge).resume();
    // One length-prefixed message: a compression flag, four bytes of length.
    const prefix = Buffer.alloc(5);
    prefix.writeUInt8(letter.gzip ? 1 : 0);
    prefix.writeUInt32BE(body.byteLength, 1);
    stream.end(Buffer.concat([prefix, body]));
  };

  const input = readFileSync(0);
  const head = input.indexOf('\n');
  const letters: Letter[] = JSON.parse(input.toString('utf8', 0, head));
  let at = head + 1;
  let open = letters.length;
  let failure: string | undefined;
  for (const letter of letters) {
    const plain = input.subarray(at, (at += letter.length));
    const body = letter.gzip ? process.getBuiltinModule('node:zlib').gzipSync(plain) : plain;
    let answered = false;
    (letter.protocol === 'grpc' ? sendGrpc : sendHttp)(letter, body, (why) => {
      if (answered) return;
      answered = true;
      failure ??= why;
      if (--open === 0) over(failure);
    });
  }
}
