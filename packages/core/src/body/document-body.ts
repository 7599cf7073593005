import type { AnswerFacts, Dialect, ReadOptions } from '../dialects/dialect.ts';
import { decodeUtf8, searchable } from '../platform/bytes.ts';
import type { BodyFindings, BodyPart } from './body-part.ts';
import { ChunkList } from './chunk-list.ts';
import { parseJson } from './json-access.ts';
import { scanTopLevel } from './json-scan.ts';
import { JsonSkeleton } from './json-skeleton.ts';
import { jsonCompleteness } from './json-state.ts';
import { readHints } from './markup.ts';

/** Reads a JSON document: kept by reference and parsed at its end; past the cap only its skeleton, as it comes. */
export class DocumentBody implements BodyPart {
  readonly #dialect: Dialect;
  readonly #options: ReadOptions;
  readonly #cap: number;
  readonly #chunks = new ChunkList();
  #skeleton: JsonSkeleton | undefined;

  constructor(dialect: Dialect, options: ReadOptions, cap: number) {
    this.#dialect = dialect;
    this.#options = options;
    this.#cap = cap;
  }

  push(chunk: Uint8Array): void {
    if (this.#skeleton !== undefined) {
      this.#skeleton.push(chunk);
      return;
    }
    this.#chunks.push(chunk);
    if (this.#chunks.bytes <= this.#cap) return;
    this.#skeleton = new JsonSkeleton();
    for (const kept of this.#chunks.pieces()) this.#skeleton.push(kept);
    this.#chunks.clear();
  }

  finish(): BodyFindings {
    return this.#skeleton === undefined ? this.#readWhole(searchable(this.#chunks.join())) : this.#readSkeleton(this.#skeleton);
  }

  #readWhole(bytes: Uint8Array): BodyFindings {
    const text = decodeUtf8(bytes, bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0);
    const parsed = parseJson(text);
    if (parsed !== undefined) {
      const answer = this.#dialect.readAnswer(parsed.value, this.#options);
      return { form: 'json', answer, ...foreignHints(answer, bytes) };
    }
    const defect = jsonCompleteness(text) === 'incomplete' ? 'incomplete' : 'invalid';
    return { form: 'json', defect, answer: this.#readBeginning(bytes), ...withHints(bytes) };
  }

  /** Of a document that ended early, its members that are whole still tell who answered, and sometimes the tokens. */
  #readBeginning(bytes: Uint8Array): AnswerFacts {
    const members: [string, unknown][] = [];
    for (const [name, value] of scanTopLevel(bytes).members) members.push([name, parseJson(decodeUtf8(value))?.value]);
    const facts = this.#dialect.readAnswer(Object.fromEntries(members), this.#options);
    return { ...facts, terminal: false };
  }

  #readSkeleton(skeleton: JsonSkeleton): BodyFindings {
    const parsed = parseJson(skeleton.text() ?? '');
    if (parsed === undefined) return { form: 'json', defect: skeleton.invalid ? 'invalid' : skeleton.whole ? 'oversized' : 'incomplete' };
    // Long arguments are emptied in a skeleton, so it says nothing of tool calls.
    return { form: 'json', defect: 'oversized', answer: { ...this.#dialect.readAnswer(parsed.value, { contentBytes: 0 }), toolCalls: [] } };
  }
}

/** A gateway's own JSON is foreign, and an error without a code may be one. */
function foreignHints(answer: AnswerFacts, bytes: Uint8Array): Pick<BodyFindings, 'hints'> {
  const ours = answer.error === undefined ? answer.recognised : answer.error.code !== undefined || answer.error.type !== undefined;
  return ours ? {} : withHints(bytes);
}

function withHints(bytes: Uint8Array): Pick<BodyFindings, 'hints'> {
  const hints = readHints(bytes);
  return hints === undefined ? {} : { hints };
}
