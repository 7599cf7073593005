import { createContextKey } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { announce, guard } from '../guard.ts';
import { context } from '../opentelemetry/context.ts';
import { propagation } from '../opentelemetry/propagation.ts';
import { ATTR } from '../telemetry/names.ts';

/** What {@link withCallAttributes} takes: attributes with primitive values, by name. */
export interface CallAttributes {
  /** The id of the conversation, session or thread that calls belong to. */
  readonly 'gen_ai.conversation.id'?: string;
  /** Who asks. Personal data, where your ids are: see docs/privacy.md. */
  readonly 'user.id'?: string;
  readonly [name: string]: string | number | boolean | undefined;
}

type Accepted = Readonly<Record<string, string | number | boolean>>;

// createContextKey is Symbol.for underneath: the ESM and the CJS copy of this package share the key.
const ATTRIBUTES: symbol = createContextKey('outspan.call-attributes.v1');

/** Attributes that one context can hold, and the characters of a name and of a value. */
const MOST = 32;
const LONGEST_NAME = 128;
const LONGEST_VALUE = 1_024;

/** Baggage entries that are read: no other is, since anybody upstream may have set them. */
const FROM_BAGGAGE = [ATTR.conversationId, ATTR.userId] as const;

/** Outspan writes these itself, from what it sees. */
const OWN_NAMESPACES = /^(?:aws|error|exception|gen_ai|http|jsonrpc|mcp|network|openai|otel|outspan|server|url)\./;

/**
 * Runs `run`, and gives each LLM call, agent, tool and workflow that starts in it these attributes, however deep. Nested uses
 * add up; the inner value of a name wins.
 *
 * The attributes go onto spans and the content event. They go onto no metric, and into no request. At most 32 are kept, with names
 * of at most 128 characters; strings are cut after 1,024. `undefined` leaves a name out. Refused, with one warning each: other
 * values, and names that Outspan writes itself (all of `gen_ai.` but `gen_ai.conversation.id`, `error.`, `http.`, `server.` and their like).
 *
 * @param attributes by name, such as `gen_ai.conversation.id`, `user.id`, or one of your own
 * @param run a function, or an async one: what it awaits is inside too
 * @returns what `run` returns
 * @throws what `run` throws, and nothing else
 */
export function withCallAttributes<T>(attributes: CallAttributes, run: () => T): T {
  const active = context.active();
  const accepted = guard('reading call attributes', () => accept(attributes, givenIn(active)));
  return accepted === undefined ? run() : context.with(active.setValue(ATTRIBUTES, accepted), run);
}

/** The attributes that a context was given by {@link withCallAttributes}. */
function givenIn(of: Context): Accepted | undefined {
  const value = of.getValue(ATTRIBUTES);
  return isAccepted(value) ? value : undefined;
}

function isAccepted(value: unknown): value is Accepted {
  return typeof value === 'object' && value !== null;
}

function accept(attributes: unknown, outer: Accepted | undefined): Accepted | undefined {
  if (typeof attributes !== 'object' || attributes === null) return outer;
  const accepted = new Map<string, string | number | boolean>(Object.entries(outer ?? {}));
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === '') continue;
    if (refuses(name, value, accepted)) continue;
    accepted.set(name, typeof value === 'string' ? value.slice(0, LONGEST_VALUE) : value);
  }
  return Object.fromEntries(accepted);
}

function refuses(name: string, value: unknown, accepted: ReadonlyMap<string, unknown>): value is undefined {
  const why =
    name === '' || name.length > LONGEST_NAME
      ? `a name must have 1 to ${LONGEST_NAME} characters`
      : OWN_NAMESPACES.test(name) && name !== ATTR.conversationId
        ? 'Outspan writes that attribute itself'
        : !isPrimitive(value)
          ? 'a value must be a string, a finite number or a boolean'
          : accepted.size >= MOST && !accepted.has(name)
            ? `at most ${MOST} are kept`
            : undefined;
  if (why === undefined) return false;
  announce(`call-attribute:${why}`, `withCallAttributes left out the attribute ${name.slice(0, LONGEST_NAME)}: ${why}.`);
  return true;
}

function isPrimitive(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}

/**
 * The attributes that a call or step inherits. The application's own win over what a framework calls the conversation, and
 * that over baggage, which an upstream service may have set.
 *
 * @param of the context that it starts in
 * @param conversationId by the framework whose step is around it, if any
 */
export function inheritedAttributes(of: Context, conversationId: string | undefined): Accepted {
  const given = givenIn(of);
  const baggage = propagation.getBaggage(of);
  if (given === undefined && baggage === undefined && conversationId === undefined) return NONE;
  const inherited: Record<string, string | number | boolean> = {};
  for (const name of FROM_BAGGAGE) {
    const value = baggage?.getEntry(name)?.value;
    if (typeof value === 'string' && value !== '') inherited[name] = value.slice(0, LONGEST_VALUE);
  }
  if (conversationId !== undefined && conversationId !== '') inherited[ATTR.conversationId] = conversationId.slice(0, LONGEST_VALUE);
  return Object.assign(inherited, given);
}

const NONE: Accepted = {};
