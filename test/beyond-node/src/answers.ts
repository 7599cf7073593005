import { createServer, type Server, type Socket } from 'node:net';

/** Answers that are the same, byte for byte, each time: on sockets, so that nothing is added. */
export interface Answers {
  /** The base URL of an answer. */
  url(kind: AnswerKind): string;
  close(): void;
}

/** What is answered. */
export type AnswerKind = 'stream' | 'streamAtOnce' | 'cut' | 'reset' | 'short' | 'document' | 'bom' | 'half' | 'empty';

const event = (data: unknown): string => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const piece = (content: string, finish: string | null = null): object => ({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'gpt-5', choices: [{ index: 0, delta: { content }, finish_reason: finish }] });
const EVENTS = [piece('Paris '), piece('is '), piece('the capital – voilà 🗼'), piece('.', 'stop')].map(event);
const DOCUMENT = JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion', model: 'gpt-5', choices: [{ index: 0, message: { role: 'assistant', content: 'Paris – voilà 🗼' }, finish_reason: 'stop' }], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } });

const head = (type: string, framing: string): string => `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\nx-request-id: req_1\r\n${framing}\r\nconnection: close\r\n\r\n`;
const STREAM_HEAD = head('text/event-stream', 'transfer-encoding: chunked');
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const whole = (body: string, promised = Buffer.byteLength(body)): string => `${head('application/json', `content-length: ${promised}`)}${body}`;

/** Each by what is written to the socket, piece by piece; `null` is a reset. */
const ANSWERS: Readonly<Record<AnswerKind, readonly (string | null)[]>> = {
  stream: [STREAM_HEAD, ...EVENTS.map(chunk), chunk(event('[DONE]')), '0\r\n\r\n'],
  streamAtOnce: [`${STREAM_HEAD}${EVENTS.map(chunk).join('')}${chunk(event('[DONE]'))}0\r\n\r\n`],
  cut: [STREAM_HEAD, ...EVENTS.slice(0, 2).map(chunk), '0\r\n\r\n'],
  reset: [STREAM_HEAD, ...EVENTS.slice(0, 2).map(chunk), null],
  short: [whole(DOCUMENT, DOCUMENT.length + 50)],
  document: [whole(DOCUMENT)],
  bom: [whole(`\uFEFF${DOCUMENT}`)],
  half: [whole(DOCUMENT.slice(0, 60))],
  empty: [whole('')],
};

function isKind(name: string): name is AnswerKind {
  return Object.hasOwn(ANSWERS, name);
}

async function play(socket: Socket, pieces: readonly (string | null)[]): Promise<void> {
  for (const one of pieces) {
    if (one === null) socket.resetAndDestroy();
    else socket.write(one);
    // Pieces that follow each other at once would come in one.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  socket.end();
}

/** Starts to answer on loopback. The first part of a path is the answer that it gets. */
export async function startAnswers(): Promise<Answers> {
  const server: Server = createServer((socket) => {
    let request = '';
    socket.on('error', () => undefined).setEncoding('utf8');
    socket.on('data', (text: string) => {
      request += text;
      const [top = '', body] = request.split('\r\n\r\n', 2);
      const length = Number(/content-length: (\d+)/i.exec(top)?.[1] ?? 0);
      if (body === undefined || body.length < length) return;
      const kind = /^\w+ \/(\w+)\//.exec(top)?.[1] ?? '';
      void play(socket, isKind(kind) ? ANSWERS[kind] : []);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a port');
  return { url: (kind) => `http://127.0.0.1:${address.port}/${kind}`, close: () => void server.close() };
}
