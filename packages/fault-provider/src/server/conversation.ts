import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { Reply } from '../wire/reply.ts';
import { SAID_NOTHING, type Said, saidAlso } from '../wire/said.ts';
import type { EndedBy } from './received.ts';

type Event = Readonly<Record<string, unknown>>;

/** What a conversation needs of the provider. */
export interface Turns {
  /** What the next response is to be, to what a client sent; and who is told how it goes. */
  next(request: Event): { readonly reply: Reply; readonly progress: (bytes: number, said: Said) => void; readonly ended: (by: EndedBy) => void };
  /** `realtime`: the server speaks first, and answers speech without being asked. */
  readonly protocol: 'realtime' | 'responses';
  readonly model: string;
  /** The code of the close frame by which an answer that is cut cleanly ends. */
  readonly closeCode: number;
}

/** Before a reset, so that the client has read what was sent. */
const SETTLE_MS = 30;

/** Speaks over a WebSocket: plays a reply to each request for a response, in messages in place of a body's events. */
export function converse(socket: WebSocket, beneath: Socket, turns: Turns): void {
  let speaking: AbortController | undefined;
  let last: string | undefined;
  const send = (event: object): void => socket.send(JSON.stringify(event));

  const turn = async (request: Event): Promise<void> => {
    const turnOver = new AbortController();
    speaking = turnOver;
    const { ended, progress, reply } = turns.next(request);
    try {
      ended(await play(reply, request, turnOver.signal, progress));
    } catch {
      ended('client');
    } finally {
      if (speaking === turnOver) speaking = undefined;
    }
  };

  const play = async (reply: Reply, request: Event, left: AbortSignal, progress: (bytes: number, said: Said) => void): Promise<EndedBy> => {
    const { head } = reply;
    let said = SAID_NOTHING;
    const events = new Events();
    let bytes = 0;
    const streams = head?.status === 200 && (head.headers['content-type'] ?? '').startsWith('text/event-stream');
    let other = '';
    for (const [i, piece] of [...reply.body].entries()) {
      if (i > 0) await (reply.pauseMs > 0 ? wait(reply.pauseMs, undefined, { signal: left }) : new Promise((resolve) => { setImmediate(resolve); }));
      left.throwIfAborted();
      bytes += piece.bytes.length;
      if (!streams) other += Buffer.from(piece.bytes).toString();
      else {
        for (const data of events.push(piece.bytes)) {
          last = data;
          socket.send(data);
        }
      }
      said = saidAlso(said, piece.says);
      progress(bytes, said);
    }
    if (head !== undefined && !streams) return refuse(head.status, other, request);
    return end(reply, said.terminal || isError(last), events.half, left);
  };

  /** What would be another answer than a stream, once the connection stands: the provider's error is an event, a proxy's page the end of it. */
  const refuse = (status: number, body: string, request: Event): EndedBy => {
    const parsed = parse(body);
    const error = parsed?.['error'];
    if (status < 400 || typeof error !== 'object' || error === null) {
      if (status < 400) socket.send(body);
      beneath.destroySoon();
      return 'fin';
    }
    send(turns.protocol === 'realtime' ? { type: 'error', event_id: 'event_error', error: { ...error, event_id: request['event_id'] ?? null } } : { type: 'error', status, error });
    return 'complete';
  };

  const end = async ({ ending }: Reply, over: boolean, half: boolean, left: AbortSignal): Promise<EndedBy> => {
    if (ending === 'hang') {
      await wait(2 ** 31 - 1, undefined, { signal: left, ref: false });
    } else if (ending === 'reset') {
      await wait(SETTLE_MS, undefined, { signal: left });
      beneath.resetAndDestroy();
    } else if (ending === 'fin' || half) {
      beneath.destroySoon();
      return 'fin';
    } else if (!over) socket.close(turns.closeCode);
    return ending === 'reset' ? 'reset' : 'complete';
  };

  socket.on('message', (data) => {
    const event = parse(Buffer.isBuffer(data) ? data.toString() : '');
    if (event === undefined) {
      send({ type: 'error', error: { type: 'invalid_request_error', code: 'invalid_json', message: 'The message is no JSON.', param: null } });
      return;
    }
    switch (event['type']) {
      case 'response.create':
        if (speaking === undefined) void turn(event);
        else send({ type: 'error', event_id: 'event_error', error: { type: 'invalid_request_error', code: 'conversation_already_has_active_response', message: 'Conversation already has an active response.', param: null, event_id: event['event_id'] ?? null } });
        return;
      case 'response.cancel':
        if (speaking === undefined) return;
        speaking.abort();
        if (turns.protocol === 'realtime') send(cancelled(last));
        return;
      case 'input_audio_buffer.append':
        // Whoever speaks has said something by the first piece of it.
        if (turns.protocol !== 'realtime' || speaking !== undefined) return;
        for (const type of ['input_audio_buffer.speech_started', 'input_audio_buffer.speech_stopped', 'input_audio_buffer.committed']) send({ type, event_id: 'event_speech', item_id: 'item_speech' });
        void turn({});
        return;
      case 'session.update':
        send({ type: 'session.updated', event_id: 'event_session', session: { type: 'realtime', object: 'realtime.session', id: 'sess_1', model: turns.model } });
        return;
      case 'conversation.item.create':
        return;
      default:
        send({ type: 'error', event_id: 'event_error', error: { type: 'invalid_request_error', code: 'invalid_value', message: 'Invalid value for type.', param: 'type', event_id: event['event_id'] ?? null } });
    }
  });
  socket.on('close', () => speaking?.abort());
  socket.on('error', () => undefined);
  if (turns.protocol === 'realtime') send({ type: 'session.created', event_id: 'event_session', session: { type: 'realtime', object: 'realtime.session', id: 'sess_1', model: turns.model } });
}

/** A stream's bytes as the data of its events. */
class Events {
  #text = '';
  readonly #decoder = new TextDecoder();

  push(bytes: Uint8Array): readonly string[] {
    this.#text += this.#decoder.decode(bytes, { stream: true });
    const blocks = this.#text.split(/\r?\n\r?\n/);
    this.#text = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      const data = block.split(/\r?\n/).flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trimStart()] : []));
      return data.length === 0 ? [] : [data.join('\n')];
    });
  }

  /** Whether an event has begun that is not over. */
  get half(): boolean {
    return this.#text.trim() !== '';
  }
}

function parse(text: string): Event | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isError(data: string | undefined): boolean {
  return data !== undefined && parse(data)?.['type'] === 'error';
}

/** The end of a response that its client wanted no more of. */
function cancelled(last: string | undefined): object {
  const event = last === undefined ? undefined : parse(last);
  const inner = event?.['response'];
  const id = event?.['response_id'] ?? (typeof inner === 'object' && inner !== null && 'id' in inner ? inner.id : undefined);
  return {
    type: 'response.done',
    event_id: 'event_cancelled',
    response: { object: 'realtime.response', id, status: 'cancelled', status_details: { type: 'cancelled', reason: 'client_cancelled' }, output: [], usage: { total_tokens: 21, input_tokens: 21, output_tokens: 0 } },
  };
}
