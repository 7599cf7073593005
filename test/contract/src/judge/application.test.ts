import type { ReceivedRequest } from '@outspan/fault-provider';
import { describe, expect, it } from 'vitest';
import { type Cell, CELLS } from '../cells/cell.ts';
import type { CellResult } from '../runner/run-application.ts';
import { judgeApplication } from './application.ts';

function cell(id: string): Cell {
  const found = CELLS.find((one) => one.id === id);
  if (found === undefined) throw new RangeError(`there is no cell '${id}'`);
  return found;
}

const UNARY = cell('openai 7 chat.completions.create | ok');
const RESET = cell('openai 7 chat.completions.create | length_reset');
const BREAK = cell('openai 7 chat.completions.create stream | ok_slow | break_after_first');

const REQUEST: ReceivedRequest = {
  at: 0,
  httpVersion: '1.1',
  method: 'POST',
  path: '/v1/chat/completions',
  query: '',
  headers: {},
  body: undefined,
  bodyBytes: 1,
  fault: 'ok',
  attempt: 1,
  answered: { bytes: 1, endedBy: 'complete', said: { usage: false, finishReasons: [], terminal: true } },
};
const RESULT: CellResult = {
  outcome: { classes: ['APIPromise', 'Object'], values: { completion: { id: 'c1' } }, events: [] },
  requests: [REQUEST],
  heldOpen: 0,
  unhandled: [],
  spans: [],
  apiKey: '',
};

function pathsOf(of: Cell, traced: CellResult, untraced: CellResult = RESULT): readonly string[] {
  return judgeApplication(of, untraced, traced).map(({ path }) => path);
}

function threw(error: NonNullable<NonNullable<CellResult['outcome']>['threw']>): CellResult {
  return { ...RESULT, outcome: { classes: [], values: {}, events: [], threw: error } };
}

describe('judgeApplication', () => {
  it('finds nothing where the application cannot tell', () => {
    expect(pathsOf(UNARY, structuredClone(RESULT))).toEqual([]);
  });

  it('finds another class of promise', () => {
    expect(pathsOf(UNARY, { ...RESULT, outcome: { classes: ['Promise', 'Object'], values: { completion: { id: 'c1' } }, events: [] } })).toEqual(['outcome.classes[0]']);
  });

  it('finds a rejection that nobody handled', () => {
    expect(pathsOf(UNARY, { ...RESULT, unhandled: [{ class: 'Error' }] })).toEqual(['unhandled.length']);
  });

  it('finds a connection that is held open', () => {
    expect(pathsOf(UNARY, { ...RESULT, heldOpen: 1 })).toEqual(['heldOpen']);
  });

  it('finds one request more', () => {
    expect(pathsOf(UNARY, { ...RESULT, requests: [REQUEST, REQUEST] })).toEqual(['requests.length']);
  });

  it('finds another message of an error', () => {
    expect(pathsOf(UNARY, threw({ class: 'APIError', message: 'b' }), threw({ class: 'APIError', message: 'a' }))).toEqual(['outcome.threw.message']);
  });

  it('finds a stream that is drained where it would have been left', () => {
    const left: CellResult = { ...RESULT, requests: [{ ...REQUEST, answered: { ...REQUEST.answered, endedBy: 'client' } }] };
    expect(pathsOf(BREAK, RESULT, left)).toEqual(['requests[0].endedBy']);
  });

  it('takes the two signs of a reset for the same', () => {
    const bySocket = threw({ class: 'TypeError', cause: { class: 'SocketError', code: 'UND_ERR_SOCKET', message: 'other side closed' } });
    const byError = threw({ class: 'TypeError', cause: { class: 'Error', code: 'ECONNRESET', message: 'read ECONNRESET' } });
    expect(pathsOf(RESET, bySocket, byError)).toEqual([]);
    expect(pathsOf(UNARY, bySocket, byError)).not.toEqual([]);
  });
});
