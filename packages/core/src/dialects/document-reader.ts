import { parseJson } from '../body/json-access.ts';
import { AnswerDraft } from './answer-draft.ts';
import type { AnswerFacts, EventReader, StreamEvent } from './dialect.ts';

/** Reads the answers of a dialect that has no streams and generates nothing that could end early: embeddings, rankings. */
export class DocumentReader implements EventReader {
  readonly #draft = new AnswerDraft();
  readonly #read: (body: unknown, draft: AnswerDraft) => void;

  /** @param read puts into the draft what a document says; `recognised` when it is an answer at all */
  constructor(read: (body: unknown, draft: AnswerDraft) => void) {
    this.#read = read;
  }

  push({ data }: StreamEvent): boolean {
    const parsed = parseJson(data);
    if (parsed !== undefined) this.pushParsed(parsed.value);
    return parsed !== undefined;
  }

  pushParsed(body: unknown): void {
    this.#read(body, this.#draft);
  }

  get terminal(): boolean {
    return this.#draft.recognised || this.#draft.error !== undefined;
  }

  facts(): AnswerFacts {
    return this.#draft.facts({ finishReasons: [], choices: 0, terminal: this.terminal, toolCalls: [], tokenLimited: false, filtered: false });
  }
}

/** The facts of one document. */
export function readDocument(body: unknown, read: (body: unknown, draft: AnswerDraft) => void): AnswerFacts {
  const reader = new DocumentReader(read);
  reader.pushParsed(body);
  return reader.facts();
}
