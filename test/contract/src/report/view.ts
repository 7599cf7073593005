import type { Cell } from '../cells/cell.ts';
import type { Json } from '../json.ts';
import type { CellResult } from '../runner/run-application.ts';

/** What the application was told of a call, in few words, and how many requests it took. */
export function applicationView(cell: Cell, { outcome, requests }: CellResult): string {
  const told = toldBy(cell, outcome);
  return requests.length > 1 ? `${requests.length}× ${told}` : told;
}

function toldBy({ driver }: Cell, outcome: CellResult['outcome']): string {
  if (outcome === undefined) return 'nothing';
  if (outcome.unsettled) return 'never settled';
  if (outcome.threw !== undefined) return `${className(outcome.threw)}${outcome.events.length > 0 ? ', after a part' : ''}`;
  // Without an SDK the application makes of the bytes what it will.
  const status = outcome.values['status'];
  if (typeof status === 'number') return status >= 300 ? `status ${status}` : 'bytes';
  return driver.mode === 'stream' && outcome.events.length === 0 ? 'no event' : 'ok';
}

function className(threw: Json): string {
  if (typeof threw !== 'object' || threw === null || Array.isArray(threw)) return 'an error';
  const { class: name, name: given, code } = threw as { readonly class?: Json; readonly name?: Json; readonly code?: Json };
  // Which of a reset's two signs undici sees first is chance.
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET') return 'a connection error';
  return name === 'DOMException' && typeof given === 'string' ? given : typeof name === 'string' ? name : 'an error';
}
