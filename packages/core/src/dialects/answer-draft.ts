import type { JsonValue } from '../body/json.ts';
import type { AnswerFacts, ProviderError, ToolCallFacts, Usage } from './dialect.ts';

/** So many choices, tool calls or items of one answer are told apart; more are hostile. */
export const MOST_PARTS = 256;

/** What the end of an answer amounts to, in the dialect's own terms. */
export interface Conclusion {
  readonly finishReasons: readonly string[];
  readonly choices: number;
  readonly terminal: boolean;
  readonly toolCalls: readonly ToolCallFacts[];
  readonly tokenLimited: boolean;
  readonly filtered: boolean;
  readonly messages?: readonly JsonValue[] | undefined;
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
  facts({ messages, ...conclusion }: Conclusion): AnswerFacts {
    const { id, model, usage, error } = this;
    return {
      ...conclusion,
      terminal: conclusion.terminal || error !== undefined,
      recognised: this.recognised || error !== undefined,
      attributes: { ...this.attributes },
      ...(id !== undefined && { id }),
      ...(model !== undefined && { model }),
      ...(usage !== undefined && { usage }),
      ...(error !== undefined && { error }),
      ...(messages !== undefined && messages.length > 0 && { messages }),
    };
  }
}
