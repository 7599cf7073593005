import { accessSync, constants } from 'node:fs';
import { VARIABLES, type Rule } from './variables.ts';

/** Environment variables as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that make sense, in the spelling that the SDK reads, and one sentence for each that does not. */
export interface CheckedEnvironment {
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly complaints: readonly string[];
}

/** A value that passed its rule, perhaps respelled, or what it should have been. */
type Outcome = { readonly value: string; readonly unknown?: readonly string[] } | { readonly expected: string };

/** `host:port` without a scheme is what gRPC users write. */
const GRPC_TARGET = /^[\w.-]+:\d+$|^\[[\da-fA-F:]+\]:\d+$/;

function checkUrl(value: string): Outcome {
  const url = URL.parse(value);
  const usable = (url !== null && ['http:', 'https:'].includes(url.protocol)) || GRPC_TARGET.test(value);
  return usable ? { value } : { expected: 'an http or https URL' };
}

function checkNumber(rule: Rule & { kind: 'number' }, value: string): Outcome {
  const number = Number(value);
  if (Number.isFinite(number) && number >= rule.from && number <= (rule.to ?? Number.MAX_SAFE_INTEGER)) return { value };
  return { expected: rule.to === undefined ? `a number from ${rule.from} up` : `a number from ${rule.from} to ${rule.to}` };
}

function checkList(rule: Rule & { kind: 'list' }, value: string): Outcome {
  const members = value.split(',').map((member) => member.trim().toLowerCase()).filter((member) => member !== '');
  const known = new Set<string>();
  const unknown: string[] = [];
  for (const member of members) {
    const name = rule.renamed?.[member] ?? member;
    if (rule.of.includes(name)) known.add(name);
    else unknown.push(member);
  }
  if (known.size === 0) return { expected: rule.of.join(', ') };
  // `none` beside others says two things at once; the SDK reads it as none.
  return { value: [...known].join(','), unknown };
}

function checkFile(value: string): Outcome {
  try {
    accessSync(value, constants.R_OK);
    return { value };
  } catch {
    return { expected: 'a readable file' };
  }
}

function checkChoice(rule: Rule & { kind: 'choice' }, value: string): Outcome {
  // The specification reads choices in any case, the SDK only in lower case.
  const choice = value.toLowerCase();
  return rule.of.includes(choice) ? { value: choice } : { expected: `one of ${rule.of.join(', ')}` };
}

const PAIR = /^[^=\s]+\s*=/;

function checkPairs(value: string): Outcome {
  const pairs = value.split(',').map((pair) => pair.trim()).filter((pair) => pair !== '');
  return pairs.every((pair) => PAIR.test(pair)) ? { value } : { expected: 'key=value pairs with commas between' };
}

const CHECKS: { readonly [K in Rule['kind']]: (rule: Rule & { kind: K }, value: string) => Outcome } = {
  choice: checkChoice,
  list: checkList,
  number: checkNumber,
  url: (_rule, value) => checkUrl(value),
  file: (_rule, value) => checkFile(value),
  pairs: (_rule, value) => checkPairs(value),
};

function check<K extends Rule['kind']>(rule: Rule & { kind: K }, value: string): Outcome {
  const kind: K = rule.kind;
  return CHECKS[kind](rule, value);
}

/** Values that are safe to repeat in a message: headers hold keys, and a URL may hold a password. */
function quoted(rule: Rule, value: string): string {
  return rule.kind === 'pairs' || rule.kind === 'url' ? '' : ` ${JSON.stringify(value.slice(0, 80))}`;
}

/**
 * Checks every variable that has a rule. A value that makes no sense counts as unset; a list loses only the members that make no sense.
 * Values never throw, whatever they hold.
 */
export function checkEnvironment(environment: Environment): CheckedEnvironment {
  const values: Record<string, string | undefined> = {};
  const complaints: string[] = [];
  for (const [name, rule] of Object.entries(VARIABLES)) {
    const value = environment[name]?.trim();
    // The specification: an empty value counts as unset.
    if (value === undefined || value === '') continue;
    const outcome = check(rule, value);
    if ('expected' in outcome) {
      complaints.push(`${name}: value${quoted(rule, value)} makes no sense, ignored (expected ${outcome.expected})`);
      continue;
    }
    values[name] = outcome.value;
    if (outcome.unknown !== undefined && outcome.unknown.length > 0) {
      complaints.push(`${name}: ${JSON.stringify(outcome.unknown.join(', ').slice(0, 80))} makes no sense, ignored; reading it as "${outcome.value}"`);
    }
  }
  return { values, complaints };
}
