import { faultById, FAULTS } from './faults/catalogue.ts';
import type { Fault } from './faults/fault.ts';
import type { Random } from './wire/random.ts';

/** Faults and their weights, drawn from for each request. Weights need not add up to 1. */
export type Weights = Readonly<Record<string, number>>;
/** What one request meets: a fault's id or alias, or a draw. */
export type Step = string | Weights;
/**
 * What the requests meet, one step each; the last step repeats. As text: `502,502,ok`, `bad_gateway_page*2,ok`, `{ok:0.9,rate_limited:0.1}`,
 * `500,{ok:0.9,stream_cut:0.1}`.
 */
export type Script = string | readonly Step[] | Weights;

/** A script names a fault that does not exist, or cannot be read. */
export class ScriptError extends Error {
  override readonly name: string = 'ScriptError';
}

/** A script that was understood. */
export interface Playbook {
  /** Whether nobody is to listen. Then it is the script's only step. */
  readonly refused: boolean;
  /** The fault that the next request meets. */
  next(): Fault;
}

type Draw = (random: Random) => Fault;

/**
 * Reads a script.
 * @throws ScriptError
 */
export function readScript(script: Script, random: Random): Playbook {
  const draws = stepsOf(script).map(readStep);
  if (draws.length === 0) throw new ScriptError('a script needs at least one step');
  const refused = draws.some(({ faults }) => faults.some((fault) => fault.play === 'refuse'));
  if (refused && (draws.length > 1 || (draws[0]?.faults.length ?? 0) > 1)) {
    throw new ScriptError("'refused' has to be a script's only step: where nobody listens, no request moves a script on");
  }
  let position = 0;
  return {
    refused,
    next() {
      const draw = draws[Math.min(position++, draws.length - 1)];
      if (draw === undefined) throw new ScriptError('a script needs at least one step');
      return draw.draw(random);
    },
  };
}

function stepsOf(script: Script): readonly Step[] {
  if (typeof script === 'string') return splitText(script);
  return isSteps(script) ? script : [script];
}

function isSteps(script: readonly Step[] | Weights): script is readonly Step[] {
  return Array.isArray(script);
}

/** Splits at the commas outside of braces. */
function splitText(text: string): readonly Step[] {
  const steps = text.match(/\{[^{}]*\}|[^,{}]+/g)?.map((step) => step.trim()).filter((step) => step !== '') ?? [];
  const kept = steps.join('').replaceAll(/\s/g, '').length;
  const commas = text.replaceAll(/\{[^{}]*\}/g, '').match(/,/g)?.length ?? 0;
  if (kept + commas !== text.replaceAll(/\s/g, '').length) throw new ScriptError(`unbalanced braces in script: ${text}`);
  return steps.flatMap((step): readonly Step[] => (step.startsWith('{') ? [readWeights(step)] : repeated(step)));
}

function repeated(step: string): readonly string[] {
  const [, id, times] = /^([^*]+)(?:\*(\d+))?$/.exec(step) ?? [];
  if (id === undefined) throw new ScriptError(`cannot read the step '${step}'`);
  const count = times === undefined ? 1 : Number(times);
  if (count < 1 || count > 10_000) throw new ScriptError(`a step can be repeated 1 to 10000 times: '${step}'`);
  return Array.from({ length: count }, () => id.trim());
}

function readWeights(text: string): Weights {
  const pairs = text.slice(1, -1).split(',').map((pair) => {
    const [, id, weight] = /^\s*"?([\w.-]+)"?\s*:\s*([\d.]+(?:e-?\d+)?)\s*$/i.exec(pair) ?? [];
    if (id === undefined || weight === undefined) throw new ScriptError(`cannot read '${pair.trim()}' in ${text}: expected fault:weight`);
    return [id, Number(weight)] as const;
  });
  return Object.fromEntries(pairs);
}

function readStep(step: Step): { readonly faults: readonly Fault[]; readonly draw: Draw } {
  if (typeof step === 'string') {
    const fault = named(step);
    return { faults: [fault], draw: () => fault };
  }
  const entries = Object.entries(step).map(([id, weight]) => ({ fault: named(id), weight }));
  const bad = entries.find(({ weight }) => !(weight >= 0 && Number.isFinite(weight)));
  if (bad) throw new ScriptError(`the weight of ${bad.fault.id} is ${bad.weight}; it has to be 0 or more`);
  const total = entries.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) throw new ScriptError('the weights of a step are all 0');
  const last = entries.at(-1);
  return {
    faults: entries.map(({ fault }) => fault),
    draw(random) {
      let rest = random() * total;
      for (const { fault, weight } of entries) {
        rest -= weight;
        if (rest < 0) return fault;
      }
      if (last === undefined) throw new ScriptError('a step needs at least one fault');
      return last.fault;
    },
  };
}

function named(id: string): Fault {
  const fault = faultById(id);
  if (fault) return fault;
  const near = FAULTS.map((known) => known.id).filter((known) => known.includes(id) || id.includes(known)).slice(0, 5);
  throw new ScriptError(`there is no fault '${id}'${near.length > 0 ? `; did you mean ${near.join(', ')}?` : ''}`);
}
