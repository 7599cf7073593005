import type { AnswerFacts } from '../dialects/dialect.ts';
import type { BodyFacts, Ending, Evidence, HeadFacts } from './evidence.ts';

/** Evidence for tests: a healthy unary answer, but for what is said. */
export const HEALTHY_ANSWER: AnswerFacts = {
  finishReasons: ['stop'],
  choices: 1,
  terminal: true,
  tokenLimited: false,
  filtered: false,
  recognised: true,
  toolCalls: [],
  attributes: {},
};

export const OPEN_ANSWER: AnswerFacts = { ...HEALTHY_ANSWER, finishReasons: [], terminal: false };

export const SIGNED_HEAD: HeadFacts = { status: 200, contentType: 'application/json', providerSigned: true };
export const STREAM_HEAD: HeadFacts = { status: 200, contentType: 'text/event-stream', providerSigned: true };

export const COMPLETED: Ending = { by: 'completion' };
export const RESET: Ending = { by: 'network', code: 'ECONNRESET', phase: 'body' };

export function json(answer: Partial<AnswerFacts> = {}, more: Partial<BodyFacts> = {}): BodyFacts {
  return { form: 'json', bytes: 100, answer: { ...HEALTHY_ANSWER, ...answer }, ...more };
}

export function events(answer: Partial<AnswerFacts> = {}, more: Partial<BodyFacts> = {}): BodyFacts {
  return { form: 'events', bytes: 100, answer: { ...HEALTHY_ANSWER, ...answer }, ...more };
}

/** A stream that came half. */
export function cutEvents(answer: Partial<AnswerFacts> = {}, more: Partial<BodyFacts> = {}): BodyFacts {
  return events({ ...OPEN_ANSWER, ...answer }, more);
}

export function foreign(form: BodyFacts['form'], more: Partial<BodyFacts> = {}): BodyFacts {
  return { form, bytes: form === 'empty' ? 0 : 100, ...more };
}

/** An error document of the provider. */
export function errorBody(error: AnswerFacts['error'] & object): BodyFacts {
  return json({ ...OPEN_ANSWER, recognised: false, choices: 0, error });
}

export function evidence(head: HeadFacts | undefined, body: BodyFacts | undefined, ending: Ending = COMPLETED): Evidence {
  return {
    request: { operation: 'chat', stream: body?.form === 'events', parameters: {} },
    ...(head && { head }),
    ...(body && { body }),
    ending,
  };
}
