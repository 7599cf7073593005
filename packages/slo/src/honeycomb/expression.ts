import type { Sli, Slo, Where } from '../model/model.ts';
import { SPOILED_ANSWERS } from '../prometheus/slo-rules.ts';
import { fieldOf, type Field } from './fields.ts';

/** A formula in Honeycomb's language for calculated fields. */
export type Formula = string;

/** What an SLO counts, as a calculated field of spans: true for a good event, false for a bad one, null for one that does not count. */
export function indicator({ except = [], sli, where }: Slo): Formula {
  const { valid, good } = events(sli);
  const leftOut = except.map((part) => not(call('AND', ...fits(part), 'true')));
  return call('IF', call('AND', ...valid, ...fits(where), ...leftOut), good);
}

function fits(where: Where): readonly Formula[] {
  return Object.entries(where).map(([label, values]) => call('IN', named(fieldOf(label)), ...values.map(text)));
}

interface Events {
  readonly valid: readonly Formula[];
  readonly good: Formula;
}

/** An operation that its caller did not stop. Attempts have no boundary, so nothing is counted twice. */
const ENDED: readonly Formula[] = [call('EXISTS', $('outspan.operation.boundary')), not(call('EQUALS', $('outspan.operation.cancelled'), 'true'))];
const FAILED: Formula = call('EXISTS', $('outspan.error.class'));
const SUCCEEDED: Formula = not(FAILED);

const KINDS: { readonly [K in Sli['kind']]: (sli: Extract<Sli, { kind: K }>) => Events } = {
  availability: ({ faults }) => ({ valid: [...ENDED, call('OR', SUCCEEDED, call('IN', call('COALESCE', $('outspan.error.origin'), text('unknown')), ...faults.map(text)))], good: SUCCEEDED }),
  integrity: () => ({ valid: [...ENDED, call('OR', SUCCEEDED, call('IN', $('outspan.error.class'), ...SPOILED_ANSWERS.map(text)))], good: SUCCEEDED }),
  latency: ({ threshold }) => ({ valid: [...ENDED, SUCCEEDED], good: call('LTE', $('duration_ms'), number(threshold * 1000)) }),
  time_to_first_chunk: ({ threshold }) => ({ valid: [...ENDED, call('EXISTS', $('gen_ai.response.time_to_first_chunk'))], good: call('LTE', $('gen_ai.response.time_to_first_chunk'), number(threshold)) }),
  retries: () => ({ valid: ENDED, good: not(call('GT', $('outspan.retry.count'), '0')) }),
  headroom: ({ threshold }) => headroom(threshold),
};

function events<K extends Sli['kind']>(sli: Extract<Sli, { kind: K }>): Events {
  return KINDS[sli.kind](sli);
}

const LIMITS = [
  { limit: $('outspan.rate_limit.requests.limit'), remaining: $('outspan.rate_limit.requests.remaining') },
  { limit: $('outspan.rate_limit.tokens.limit'), remaining: $('outspan.rate_limit.tokens.remaining') },
];

/** Spans have no moments: each attempt that was told its limits is one. */
function headroom(threshold: number): Events {
  const told = LIMITS.map(({ limit, remaining }) => call('AND', call('GT', limit, '0'), call('EXISTS', remaining)));
  const low = LIMITS.map(({ limit, remaining }) => call('LT', call('DIV', remaining, limit), number(threshold)));
  return { valid: [call('OR', ...told)], good: not(call('OR', ...low)) };
}

function $(field: Field): Formula {
  return `$${field}`;
}

function named(field: string): Formula {
  return /^[A-Za-z_][\w./-]*$/.test(field) ? `$${field}` : `$${text(field)}`;
}

function call(name: string, ...of: readonly Formula[]): Formula {
  return `${name}(${of.join(', ')})`;
}

function not(formula: Formula): Formula {
  return call('NOT', formula);
}

/** A string, whatever is in it; its escapes are those of JSON. */
function text(value: string): Formula {
  return JSON.stringify(value);
}

/** Without what binary fractions add. */
function number(value: number): Formula {
  return String(Number(value.toPrecision(12)));
}
