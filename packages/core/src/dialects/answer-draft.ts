import type { JsonValue } from '../body/json.ts';
import type { AnswerFacts, ProviderError, ToolCallFacts, Usage } from './dialect.ts';

/** So many choices, tool calls or items of one answer are told apart; more are hostile. */
export const MOST_PARTS = 256;

/** No id, model or reason is longer; what is came from somebody else. In characters. */
const LONGEST_NAME = 256;
/** Control characters, and halves of a surrogate pair: no UTF-8 has those, and one of them makes a backend refuse the whole export. */
const UNFIT = /[\p{Cc}\p{Cs}]/u;
/** OpenTelemetry's word for a value that is not told. */
const OTHER = '_OTHER';

/** A name as it goes into telemetry; undefined for what is none. */
function fit(name: string | undefined): string | undefined {
  return name !== undefined && name.length <= LONGEST_NAME && !UNFIT.test(name) ? name : undefined;
}

/** What the end of an answer amounts to, in the dialect's own terms. */
export interface Conclusion {
  readonly finishReasons: readonly string[];
  readonly choices: number;
  readonly terminal: boolean;
  readonly toolCalls: readonly ToolCallFacts[];
  readonly tokenLimited: boolean;
  readonly filtered: boolean;
  readonly messages?: readonly JsonValue[] | undefined;
  readonly rest?: readonly string[];
  readonly cancelled?: boolean;
  readonly brokenPromise?: boolean;
}

/** What is gathered of an answer in every dialect alike. */
export class AnswerDraft {
  id: string | undefined;
  model: string | undefined;
  usage: Usage | undefined;
  error: ProviderError | undefined;
  recognised = false;
  readonly attributes: Record<string, string | number | boolean | readonly string[]> = {};

  /** Whether it is known who answers. */
  get introduced(): boolean {
    return this.id !== undefined && this.model !== undefined;
  }

  /** The facts, with what only the dialect can tell. An error of the provider's own ends an answer and is its terminal event. */
  facts({ messages, brokenPromise, ...conclusion }: Conclusion): AnswerFacts {
    const { usage, error } = this;
    const [id, model] = [fit(this.id), fit(this.model)];
    return {
      ...conclusion,
      finishReasons: conclusion.finishReasons.map((reason) => fit(reason) ?? OTHER),
      terminal: conclusion.terminal || error !== undefined,
      recognised: this.recognised || error !== undefined,
      attributes: Object.fromEntries(Object.entries(this.attributes).filter(([, value]) => typeof value !== 'string' || fit(value) !== undefined)),
      ...(brokenPromise === true && { brokenPromise }),
      ...(id !== undefined && { id }),
      ...(model !== undefined && { model }),
      ...(usage !== undefined && { usage }),
      ...(error !== undefined && { error }),
      ...(messages !== undefined && messages.length > 0 && { messages }),
    };
  }
}
