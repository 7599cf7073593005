import { asObject, type JsonObject, parseJson } from '../body/json-access.ts';
import { JsonProgress } from '../body/json-state.ts';
import type { JsonPromise } from './dialect.ts';

/** Spellings of the formats that promise JSON. OpenAI's `json_object` promises an object; a schema may allow any value. */
const PROMISES: ReadonlyMap<unknown, JsonPromise> = new Map([
  ['json_object', 'json_object'],
  ['json_schema', 'json'],
  ['json', 'json'],
  ['application/json', 'json'],
]);

/** The promise that a format's name or media type makes. Returns undefined for formats that promise no JSON. */
export function promiseOf(format: unknown): JsonPromise | undefined {
  return PROMISES.get(format);
}

/**
 * The JSON Schema in a request's format of the output, wherever the format has it: OpenAI's and Cohere's `json_schema`, Anthropic's and Together's
 * `schema`, TGI's `value`; of Bedrock as text.
 */
export function outputSchemaOf(format: unknown): { readonly outputSchema?: JsonObject } {
  const given = asObject(format) ?? {};
  const inner = given['json_schema'] ?? given['jsonSchema'] ?? given['schema'] ?? given['value'];
  const wrapped = asObject(inner)?.['schema'] ?? inner;
  const outputSchema = asObject(typeof wrapped === 'string' ? parseJson(wrapped)?.value : wrapped);
  return outputSchema === undefined ? {} : { outputSchema };
}

/** Follows the text of an answer that was promised as JSON. Keeps none of the text. */
export class OutputText {
  readonly #promised: JsonPromise;
  readonly #all = new JsonProgress();
  #part = new JsonProgress();
  #partAt = 0;
  /** An earlier part was what was promised. */
  #met = false;
  /** The model refused in words of its own, which need not be JSON. */
  refused = false;

  constructor(promised: JsonPromise) {
    this.#promised = promised;
  }

  /** Starts following where JSON was promised; where it was not, nothing is followed. */
  static for(promised: JsonPromise | undefined): OutputText | undefined {
    return promised === undefined ? undefined : new OutputText(promised);
  }

  /** Takes the next piece of text. `part` numbers the text blocks of an answer that has several. */
  append(text: string, part = 0): void {
    if (part !== this.#partAt) {
      this.#met ||= this.#keeps(this.#part);
      this.#part = new JsonProgress();
      this.#partAt = part;
    }
    this.#all.push(text);
    this.#part.push(text);
  }

  /** Whether the text breaks the promise, now that it is over. One block of JSON among others keeps it: clients parse each block. */
  get broken(): boolean {
    return !this.refused && !this.#met && !this.#keeps(this.#part) && !this.#keeps(this.#all);
  }

  #keeps(progress: JsonProgress): boolean {
    return progress.state === 'whole' && (this.#promised === 'json' || progress.isObject);
  }
}
