import type { AttributeType } from './registry.ts';

/**
 * What an application says of all that it does, on operations, steps and their events: of the core registry (`user`), beside the
 * GenAI conventions' `gen_ai.conversation.id`. Never on an attempt, nor on a metric.
 */
export const GIVEN_ATTRIBUTES: ReadonlyMap<string, AttributeType> = new Map<string, AttributeType>([['user.id', 'string']]);
