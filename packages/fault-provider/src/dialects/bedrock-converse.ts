import { randomId } from '../wire/random.ts';
import type { Tokens } from '../wire/said.ts';
import type { WireEvent } from '../wire/sse.ts';
import { type Answer, argumentPieces, DEFAULT_TOOL, type Finish, spelt, TOKENS } from './answer.ts';
import { BEDROCK } from './bedrock-errors.ts';
import type { Call } from './call.ts';
import type { WireDialect } from './wire-dialect.ts';

const FINISH: Readonly<Partial<Record<Finish, string>>> = { stop: 'end_turn', length: 'max_tokens', filter: 'content_filtered', tool: 'tool_use' };

/** Cached input is counted beside `inputTokens`, not within; reasoning is not told apart. */
const USAGE = {
  inputTokens: TOKENS.input - TOKENS.cacheRead,
  outputTokens: TOKENS.output,
  totalTokens: TOKENS.input + TOKENS.output,
  cacheReadInputTokens: TOKENS.cacheRead,
  cacheWriteInputTokens: 0,
};
const SAID_TOKENS: Tokens = { input: TOKENS.input, output: TOKENS.output, cacheRead: TOKENS.cacheRead };

/** Bedrock's Converse. */
export const bedrockConverse: WireDialect = {
  ...BEDROCK,
  id: 'aws.bedrock.converse',
  // An answer names neither itself nor its model.
  members: { id: 'id', model: 'model', finish: 'stopReason', usage: 'usage' },
  document: converseDocument,
  events: (answer, call) => converseEvents(answer, call).map((event) => ({ ...event, data: withPadding(event.data, call) })),
};

/** A whole answer, which Amazon's own models give in their own format, too. */
export function converseDocument(answer: Answer, call: Call): ReturnType<WireDialect['document']> {
  const stopReason = spelt(FINISH, answer.finish);
  const content: unknown[] = [];
  if (answer.text.length > 0) content.push({ text: answer.text.join('') });
  if (answer.toolCall) content.push({ toolUse: { toolUseId: `tooluse_${randomId(call.random, 22)}`, name: call.tool ?? DEFAULT_TOOL, input: JSON.parse(answer.toolCall.json) } });
  return {
    json: { metrics: { latencyMs: 551 }, output: { message: { role: 'assistant', content } }, stopReason, usage: USAGE },
    says: { tokens: SAID_TOKENS, usage: true, finishReasons: [stopReason], terminal: true },
  };
}

/** The answer in events, the last of which counts its tokens. */
export function converseEvents(answer: Answer, call: Call): readonly WireEvent[] {
  const stopReason = spelt(FINISH, answer.finish);
  const events: WireEvent[] = [];
  const push = (role: WireEvent['role'], name: string, fields: object, says?: WireEvent['says']): void => {
    events.push({ role, name, data: JSON.stringify(fields), ...(says && { says }) });
  };
  push('start', 'messageStart', { role: 'assistant' });
  let contentBlockIndex = 0;
  if (answer.text.length > 0) {
    for (const text of answer.text) push('text', 'contentBlockDelta', { contentBlockIndex, delta: { text } });
    push('other', 'contentBlockStop', { contentBlockIndex });
    contentBlockIndex += 1;
  }
  if (answer.toolCall) {
    push('tool', 'contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId: `tooluse_${randomId(call.random, 22)}`, name: call.tool ?? DEFAULT_TOOL } } });
    for (const input of argumentPieces(answer.toolCall.json)) push('tool', 'contentBlockDelta', { contentBlockIndex, delta: { toolUse: { input } } });
    push('other', 'contentBlockStop', { contentBlockIndex });
  }
  push('finish', 'messageStop', { stopReason }, { finishReasons: [stopReason] });
  push('terminal', 'metadata', { usage: USAGE, metrics: { latencyMs: 551 } }, { tokens: SAID_TOKENS, usage: true, terminal: true });
  return events;
}

/** Bedrock hides the length of each event from listeners. */
export function withPadding(data: string, call: Call): string {
  const fields: unknown = JSON.parse(data);
  return JSON.stringify({ ...(typeof fields === 'object' && fields), p: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.slice(0, 1 + Math.floor(call.random() * 60)) });
}
