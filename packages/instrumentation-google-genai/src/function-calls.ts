import { context, guard, readSdkError, telling } from '@outspan/core';
import type { Step, StepResult } from '@outspan/core';
import { isFunction, isObject } from '@outspan/sdk-boundary';
import type { AnyFunction, SdkTracing } from '@outspan/sdk-boundary';

/** A tool that the SDK calls by itself (automatic function calling), and the functions that it has declared. */
type Declared = ReadonlyMap<string, { readonly description?: string }>;

type Facts = Readonly<Record<string, unknown>>;

/**
 * The parameters of a request, with tools that tell when the SDK calls them. Each other member is the application's own, and
 * so is what the SDK writes to it.
 *
 * @returns the same parameters if no tool in them can be called
 */
export function withTracedTools(params: unknown, tracing: SdkTracing): unknown {
  const config = isObject(params) ? params['config'] : undefined;
  const tools = isObject(config) ? config['tools'] : undefined;
  if (!isObject(params) || !isObject(config) || !Array.isArray(tools) || !tools.some(isCallable)) return params;
  if (!isReplaceable(params, 'config') || !isReplaceable(config, 'tools')) return params;
  const traced = tools.map((tool: unknown) => (isCallable(tool) ? tracedTool(tool, tracing) : tool));
  return showing(params, new Map([['config', showing(config, new Map([['tools', traced]]))]]));
}

function isCallable(tool: unknown): tool is Facts & { readonly callTool: AnyFunction } {
  return isObject(tool) && isFunction(tool['callTool']) && isReplaceable(tool, 'callTool') && isReplaceable(tool, 'tool');
}

/** A proxy may not show another value of what cannot change. */
function isReplaceable(object: object, name: string): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(object, name);
  return descriptor === undefined || descriptor.configurable === true || descriptor.writable === true;
}

/** `object`, but for some members that are shown in place of its own. Only the SDK gets to see it. */
function showing(object: object, members: ReadonlyMap<PropertyKey, unknown>): object {
  return new Proxy(object, { get: (target, name) => (members.has(name) ? members.get(name) : Reflect.get(target, name)) });
}

function tracedTool(tool: Facts & { readonly callTool: AnyFunction }, tracing: SdkTracing): object {
  let declared: Declared | undefined;
  // Its methods are called on the tool itself: they may use private fields of its class.
  return new Proxy(tool, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (!isFunction(member) || name === 'constructor') return member;
      if (name === 'callTool') return (...args: readonly unknown[]) => execute(tracing, args[0], declared, () => Reflect.apply(member, target, args));
      if (name !== 'tool') return member.bind(target);
      return (...args: readonly unknown[]) => {
        const declaring = Reflect.apply(member, target, args);
        return declaring instanceof Promise ? telling(declaring, 'reading the declaration of a tool', { came: (value) => (declared = declaredIn(value)), failed: () => undefined }) : declaring;
      };
    },
  });
}

function declaredIn(tool: unknown): Declared | undefined {
  const declarations = isObject(tool) ? tool['functionDeclarations'] : undefined;
  if (!Array.isArray(declarations)) return undefined;
  return new Map(
    declarations.filter(isObject).flatMap(({ description, name }) => (typeof name === 'string' ? [[name, typeof description === 'string' ? { description } : {}] as const] : [])),
  );
}

/** Runs the tool as a step for each function that it is asked for. A tool is given the calls of all functions, and executes its own. */
function execute(tracing: SdkTracing, calls: unknown, declared: Declared | undefined, run: () => unknown): unknown {
  const executions = guard('starting a tool', () => start(tracing, calls, declared)) ?? [];
  const [first] = executions;
  if (first === undefined) return run();
  const ended = (result: StepResult | undefined, parts?: unknown): void => {
    for (const execution of executions) execution.end(result, parts);
  };
  let result: unknown;
  try {
    // What several functions do at once is told apart by nobody: it is beneath what they are all beneath.
    result = executions.length === 1 ? context.with(first.step.context, run) : run();
  } catch (error) {
    guard('ending a tool', () => ended({ threw: readSdkError(error) }));
    throw error;
  }
  if (!(result instanceof Promise)) {
    guard('ending a tool', () => ended(undefined, result));
    return result;
  }
  return telling(result, 'ending a tool', { came: (parts) => ended(undefined, parts), failed: (error) => ended({ threw: readSdkError(error) }) });
}

function start(tracing: SdkTracing, calls: unknown, declared: Declared | undefined): Execution[] {
  if (!Array.isArray(calls)) return [];
  return calls.filter(isObject).flatMap((call) => {
    const { args, id, name } = call;
    if (typeof name !== 'string' || declared?.has(name) === false) return [];
    const description = declared?.get(name)?.description;
    const subject = { kind: 'tool', name, type: 'function', ...(typeof id === 'string' && { callId: id }), ...(description !== undefined && { description }) } as const;
    const step = tracing.startStep({ subject, content: () => ({ toolArguments: args }) }, context.active());
    return step === undefined ? [] : [new Execution(step, name, calls.filter((other) => isObject(other) && other['name'] === name).indexOf(call))];
  });
}

/** One function that a tool executes. */
class Execution {
  readonly step: Step;
  readonly #name: string;
  /** Among the calls of this function, which the tool answers in their order. */
  readonly #index: number;

  constructor(step: Step, name: string, index: number) {
    this.step = step;
    this.#name = name;
    this.#index = index;
  }

  /** @param failed absent if the tool returned `parts` */
  end(failed: StepResult | undefined, parts?: unknown): void {
    if (failed !== undefined) return this.step.end(failed);
    const responses = Array.isArray(parts) ? parts.map((part: unknown) => (isObject(part) ? part['functionResponse'] : undefined)).filter(isObject) : [];
    const response = responses.filter(({ name }) => name === this.#name)[this.#index]?.['response'];
    // The API reads a failure off this member.
    const saysError = isObject(response) && response['error'] !== undefined && response['error'] !== null;
    this.step.end(saysError ? { failed: 'tool_error' } : 'returned', () => ({ toolResult: response }));
  }
}
