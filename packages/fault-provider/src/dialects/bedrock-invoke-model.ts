import type { WireEvent } from '../wire/sse.ts';
import { TOKENS } from './answer.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { BEDROCK } from './bedrock-errors.ts';
import { bedrockConverse, converseDocument, converseEvents, withPadding } from './bedrock-converse.ts';
import type { Call } from './call.ts';
import type { WireDialect } from './wire-dialect.ts';

const METRICS = { 'amazon-bedrock-invocationMetrics': { inputTokenCount: TOKENS.input - TOKENS.cacheRead, outputTokenCount: TOKENS.output, invocationLatency: 551, firstByteLatency: 203, cacheReadInputTokenCount: TOKENS.cacheRead, cacheWriteInputTokenCount: 0 } };

/** Puts events of a model into Bedrock's, to the last of which Bedrock adds what it measured. */
function packed(events: readonly { readonly event: WireEvent; readonly fields: object }[], call: Call): readonly WireEvent[] {
  return events.map(({ event: { role, says }, fields }, i) => {
    const bytes = Buffer.from(JSON.stringify(i === events.length - 1 ? { ...fields, ...METRICS } : fields)).toString('base64');
    return { role, name: 'chunk', data: withPadding(JSON.stringify({ bytes }), call), ...(says && { says }) };
  });
}

function fieldsOf(data: string): object {
  const fields: unknown = JSON.parse(data);
  return typeof fields === 'object' && fields !== null ? fields : {};
}

/** Bedrock's InvokeModel of a model of Anthropic's. */
const anthropic: WireDialect = {
  ...BEDROCK,
  id: 'aws.bedrock.invoke_model',
  members: anthropicMessages.members,
  document: (answer, call) => anthropicMessages.document(answer, call),
  events: (answer, call) => packed(anthropicMessages.events(answer, call).map((event) => ({ event, fields: fieldsOf(event.data) })), call),
};

/** Of one of Amazon's Nova models. */
const nova: WireDialect = {
  ...BEDROCK,
  id: 'aws.bedrock.invoke_model',
  members: bedrockConverse.members,
  document: converseDocument,
  events: (answer, call) => packed(converseEvents(answer, call).map((event) => ({ event, fields: { [event.name ?? '']: fieldsOf(event.data) } })), call),
};

/** Bedrock's InvokeModel, which speaks as the model does. */
export function bedrockInvokeModel(model: string): WireDialect {
  return model.includes('nova') ? nova : anthropic;
}
