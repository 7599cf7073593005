import type { Said } from './said.ts';

/** Bytes that are written by themselves, so that they arrive as a chunk of their own. */
export interface Piece {
  readonly bytes: Uint8Array;
  /** What this piece completes. */
  readonly says?: Partial<Said>;
}

/** Status and headers, without those of the framing. */
export interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** How the body's length is told: a Content-Length, chunks, or the end of the connection. */
export type Framing = 'length' | 'chunked' | 'close';

/** How the connection is left after the last piece: properly, by FIN, by RST, or open and silent. */
export type Ending = 'complete' | 'fin' | 'reset' | 'hang';

/** A content coding, as `Content-Encoding` spells it. */
export type Coding = 'gzip' | 'br' | 'deflate' | 'zstd';

/** One HTTP answer, or what there is of it, as a value. Playing it is `server/play.ts`. */
export interface Reply {
  /** Absent: not a byte is sent, only the ending happens. */
  readonly head?: Head;
  readonly framing: Framing;
  /** With `framing: 'length'`: bytes that the Content-Length promises beyond those that come. */
  readonly owed: number;
  readonly body: Iterable<Piece>;
  /** Milliseconds before each piece but the first. */
  readonly pauseMs: number;
  readonly ending: Ending;
  /** The body is less than the dialect's answer although its HTTP framing is kept: no transport can tell. */
  readonly short?: true;
  /** `unfinished` leaves out the end of the compressed form while the HTTP body around it is whole. */
  readonly coding?: { readonly name: Coding; readonly end: 'whole' | 'unfinished' };
}

const encoder = new TextEncoder();

/** UTF-8. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** A whole, honest answer of one piece. */
export function wholeReply(head: Head, text: string, says?: Partial<Said>): Reply {
  return { head, framing: 'length', owed: 0, body: [{ bytes: utf8(text), ...(says && { says }) }], pauseMs: 0, ending: 'complete' };
}

/** Not a byte, then the ending. */
export function noReply(ending: Exclude<Ending, 'complete'>): Reply {
  return { framing: 'close', owed: 0, body: [], pauseMs: 0, ending };
}
