import { openaiRealtime, openaiResponses } from '@outspan/core';
import type { Dialect } from '@outspan/core';
import { isObject } from '@outspan/sdk-boundary';

type Members = Readonly<Record<string, unknown>>;

/** An API that is spoken over a WebSocket. In both, a client's `response.create` asks for a response, which comes as events. */
export interface Protocol {
  readonly dialect: Dialect;
  /** The server speaks first: a connection is good when it has, and not before. It may also answer what nobody asked, once its voice detection hears a turn's end. */
  readonly session: boolean;
  /** What is asked for, by a `response.create`. */
  requestOf(event: Members): Members;
}

/** The realtime API. */
export const REALTIME: Protocol = {
  dialect: openaiRealtime,
  session: true,
  requestOf: ({ response }) => (isObject(response) ? response : {}),
};

/** The responses API over a WebSocket: its request is the event itself. */
export const RESPONSES: Protocol = {
  dialect: openaiResponses,
  session: false,
  requestOf: ({ type: _, event_id: __, stream_id: ___, ...request }) => ({ ...request, stream: true }),
};
