import type { Destination } from './destination.ts';

/** What stands in the first line of the input: of each request all but its body, whose bytes follow in the same order. */
export interface Letter extends Destination {
  readonly length: number;
}

type Done = (failure?: string) => void;

const sender = {
  /**
   * Makes the requests that standard input describes, all at once, and ends the process: with 0 when each one was
   * taken, else with 1 and a reason on standard output.
   */
  send(): void {
    // Functions that have a name are methods: bundlers that keep names wrap others in a call of something outside.
    const post = {
      http(letter: Letter, body: Uint8Array, done: Done): void {
        const headers = { 'User-Agent': 'Outspan-OTLP-Exporter', ...letter.headers, 'content-length': body.byteLength, ...(letter.gzip && { 'content-encoding': 'gzip' }) };
        const request = letter.url.startsWith('https:')
          ? process.getBuiltinModule('node:https').request(letter.url, { method: 'POST', headers, ...letter.tls })
          : process.getBuiltinModule('node:http').request(letter.url, { method: 'POST', headers });
        request.on('response', ({ statusCode = 0, statusMessage = '' }) => done(statusCode < 300 ? undefined : `${statusCode} ${statusMessage}`));
        request.on('error', (error: NodeJS.ErrnoException) => done(error.message || error.code));
        request.end(body);
      },

      grpc(letter: Letter, body: Uint8Array, done: Done): void {
        const { origin, pathname } = new URL(letter.url);
        const session = process.getBuiltinModule('node:http2').connect(origin, letter.tls);
        session.on('error', (error: NodeJS.ErrnoException) => done(error.message || error.code));
        const stream = session.request({
          'user-agent': 'Outspan-OTLP-Exporter',
          ...letter.headers,
          ':method': 'POST',
          ':path': pathname,
          te: 'trailers',
          'content-type': 'application/grpc',
          ...(letter.gzip && { 'grpc-encoding': 'gzip' }),
        });
        stream.on('error', (error: NodeJS.ErrnoException) => done(error.message || error.code));
        // An answer without a body has its status in its head.
        for (const event of ['response', 'trailers']) {
          stream.on(event, ({ 'grpc-status': status, 'grpc-message': message = '' }: Readonly<Record<string, string | undefined>>) => {
            if (status !== undefined) done(status === '0' ? undefined : `gRPC status ${status} ${message}`);
          });
        }
        stream.on('close', () => done('no status'));
        stream.resume();
        // One length-prefixed message: a compression flag, four bytes of length.
        const prefix = Buffer.alloc(5);
        prefix.writeUInt8(letter.gzip ? 1 : 0);
        prefix.writeUInt32BE(body.byteLength, 1);
        stream.end(Buffer.concat([prefix, body]));
      },
    };

    const { readFileSync, writeSync } = process.getBuiltinModule('node:fs');
    const input = readFileSync(0);
    const head = input.indexOf('\n');
    const letters: Letter[] = JSON.parse(input.toString('utf8', 0, head));
    const open = new Set(letters);
    let at = head + 1;
    let failure: string | undefined;
    for (const letter of letters) {
      const plain = input.subarray(at, at + letter.length);
      at += letter.length;
      const body = letter.gzip ? process.getBuiltinModule('node:zlib').gzipSync(plain) : plain;
      post[letter.protocol](letter, body, (why) => {
        if (!open.delete(letter)) return;
        failure ??= why;
        if (open.size > 0) return;
        if (failure !== undefined) writeSync(1, failure.slice(0, 300));
        process.exit(failure === undefined ? 0 : 1);
      });
    }
  },
};

/**
 * The sender as source text, for a process of its own. It uses nothing from outside of itself, and there is no file that
 * it is loaded from: this package may be part of a bundle.
 */
export const SENDER: string = `({ ${sender.send.toString()} }).send();`;
