import type { Said } from './said.ts';

/** What an event is to its stream, so that a fault can name the place where it cuts. */
export type EventRole = 'start' | 'text' | 'tool' | 'other' | 'finish' | 'usage' | 'terminal';

/** One event of a stream, before it is given a form on the wire. */
export interface WireEvent {
  readonly role: EventRole;
  readonly name?: string;
  readonly data: string;
  /** Of an error in a binary stream: its type. */
  readonly exception?: string;
  readonly says?: Partial<Said>;
}

/** How server-sent events are spelt. All of it is allowed by the standard. */
export interface SseStyle {
  readonly eol: '\n' | '\r\n';
  readonly bom: boolean;
  /** Comment lines, also between two fields of one event. */
  readonly comments: boolean;
  /** The data over several `data:` lines. */
  readonly multiline: boolean;
}

/** As the providers send it. */
export const PLAIN_SSE: SseStyle = { eol: '\n', bom: false, comments: false, multiline: false };

/** The event's text, with its blank line. */
export function sseText(event: WireEvent, style: SseStyle, first: boolean): string {
  const lines: string[] = [];
  if (style.comments) lines.push(': keep-alive');
  if (event.name !== undefined) lines.push(`event: ${event.name}`);
  if (style.comments) lines.push(':', 'id: 7', 'retry: 1000');
  // A JSON text may be broken between tokens, and a reader joins the data lines with LF, so indented JSON keeps its meaning.
  const data = style.multiline && event.data.startsWith('{') ? JSON.stringify(JSON.parse(event.data), undefined, 1).split('\n') : [event.data];
  for (const line of data) lines.push(`data: ${line}`);
  return (first && style.bom ? '\uFEFF' : '') + lines.join(style.eol) + style.eol + style.eol;
}
