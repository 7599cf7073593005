import type { JsonValue } from '../body/json.ts';
import { type JsonObject, parseJson, toJson } from '../body/json-access.ts';
import { JsonProgress } from '../body/json-state.ts';
import type { ToolCallFacts } from './dialect.ts';
import { BoundedText } from './bounded-text.ts';

/** A tool call whose arguments arrive as JSON text, whole or in pieces. Of the text nothing is kept unless content is. */
export class ToolCallDraft {
  id: string | undefined;
  name: string | undefined;
  /** Set by formats in which the arguments are free text, of which anything is valid. */
  freeForm = false;
  /** Whether the format has said that no more arguments come. */
  ended = false;
  #progress = new JsonProgress();
  #text: BoundedText;
  readonly #contentBytes: number;

  constructor(contentBytes: number) {
    this.#contentBytes = contentBytes;
    this.#text = new BoundedText(contentBytes);
  }

  /** Takes a piece of the arguments. */
  append(text: string): void {
    if (!this.freeForm) this.#progress.push(text);
    this.#text.append(text);
  }

  /** Takes the arguments as a whole, in place of the pieces. */
  replace(text: string): void {
    this.#progress = new JsonProgress();
    this.#text = new BoundedText(this.#contentBytes);
    this.append(text);
  }

  /** Takes arguments that came as a value, which parse by nature. As deep as they may be, they are written out only as far as content goes. */
  replaceByValue(value: JsonObject): void {
    this.replace(this.#contentBytes > 0 ? JSON.stringify(toJson(value)) : '{}');
  }

  /** Empty arguments are those of a call without parameters, once the call is over; before, they are yet to come. */
  facts(answerEnded: boolean): ToolCallFacts {
    const { state } = this.#progress;
    const ended = this.ended || answerEnded;
    const judged = this.freeForm ? (ended ? 'whole' : 'incomplete') : state === 'empty' ? (ended ? 'whole' : 'incomplete') : state;
    return {
      ...(this.id !== undefined && { id: this.id }),
      ...(this.name !== undefined && { name: this.name }),
      arguments: judged === 'whole' ? 'valid' : judged,
    };
  }

  /** The call in the conventions' message form: arguments as an object where they parse, else as the text that came. */
  part(): JsonValue {
    const text = this.#text.text;
    const parsed = this.freeForm || text === '' ? undefined : parseJson(text);
    const value: JsonValue = parsed === undefined ? text : toJson(parsed.value);
    return { type: 'tool_call', ...(this.id !== undefined && { id: this.id }), name: this.name ?? '', ...(text !== '' && { arguments: value }) };
  }
}
