import http from 'node:http';
import http2 from 'node:http2';

/** What came of a request. */
export interface Came {
  readonly status: number | undefined;
  readonly bytes: number;
  readonly error: unknown;
}

/** How a request is made. */
export interface Making {
  /** Members of the body beside the usual ones. */
  readonly body?: object;
  readonly options?: Omit<http.RequestOptions, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };
  /** Is given the request before it is sent. */
  readonly meet?: (request: http.ClientRequest) => void;
}

const question = (more: object = {}): string => JSON.stringify({ model: 'gpt-5', messages: [{ role: 'user', content: 'prompt-canary' }], ...more });

/** Posts a question over `node:http` and reads the answer to its end, or to its failure. */
export function post(url: string, { body, options, meet }: Making = {}): Promise<Came> {
  return new Promise((resolve) => {
    const request = http.request(url, { method: 'POST', ...options, headers: { authorization: 'Bearer sk-canary-0123456789abcdef', ...options?.headers } });
    let status: number | undefined;
    let bytes = 0;
    let error: unknown;
    request.on('response', (response) => {
      status = response.statusCode;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('error', (thrown) => (error = thrown));
    });
    request.on('error', (thrown) => (error ??= thrown));
    request.on('close', () => resolve({ status, bytes, error }));
    meet?.(request);
    request.end(question(body));
  });
}

/** The same over `node:http2`, on a connection of its own. */
export async function postOverHttp2(url: string, body: object = {}, meet?: (stream: http2.ClientHttp2Stream) => void): Promise<Came & { readonly code: number | undefined }> {
  const { origin, pathname } = new URL(url);
  const session = http2.connect(origin);
  session.on('error', () => undefined);
  const stream = session.request({ ':method': 'POST', ':path': pathname, authorization: 'Bearer sk-canary-0123456789abcdef' });
  let status: number | undefined;
  let bytes = 0;
  let error: unknown;
  stream.on('response', (headers) => (status = headers[':status']));
  stream.on('data', (chunk: Buffer) => (bytes += chunk.length));
  stream.on('error', (thrown) => (error = thrown));
  const closed = new Promise((resolve) => stream.once('close', resolve));
  meet?.(stream);
  stream.end(question(body));
  await closed;
  session.destroy();
  return { status, bytes, error, code: stream.rstCode };
}
