import { dialectFor } from '@outspan/core';
import type { Dialect } from '@outspan/core';
import { isFunction, isObject } from '@outspan/sdk-boundary';

/** How a command goes out: the end of its path, and whether a stream comes back. */
interface Row {
  readonly path: string;
  readonly stream: boolean;
}

/** The commands that ask a model. */
const COMMANDS: ReadonlyMap<string, Row> = new Map([
  ['ConverseCommand', { path: 'converse', stream: false }],
  ['ConverseStreamCommand', { path: 'converse-stream', stream: true }],
  ['InvokeModelCommand', { path: 'invoke', stream: false }],
  ['InvokeModelWithResponseStreamCommand', { path: 'invoke-with-response-stream', stream: true }],
]);

/** A command as far as tracing cares. */
export interface DescribedCommand {
  readonly dialect: Dialect;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What a command asks. @returns undefined for one that asks no model, or whose answer comes otherwise */
export function describeCommand(command: unknown): DescribedCommand | undefined {
  if (!isObject(command) || !isObject(command['input'])) return undefined;
  const row = rowOf(command);
  const dialect = row && dialectFor('POST', `/model/-/${row.path}`);
  return row && dialect && { dialect, parameters: { ...command['input'], stream: row.stream } };
}

/** By the name of its class, or of one that it is derived from; else, since bundlers rename classes, by the name that it gives its middleware. */
function rowOf(command: object): Row | undefined {
  for (let prototype: unknown = Object.getPrototypeOf(command); isObject(prototype); prototype = Object.getPrototypeOf(prototype)) {
    const { constructor } = prototype;
    const row = isFunction(constructor) ? COMMANDS.get(constructor.name) : undefined;
    if (row !== undefined) return row;
  }
  const made: unknown = Object.getPrototypeOf(command);
  if (!isObject(made)) return undefined;
  let name = names.get(made);
  if (name === undefined) {
    name = nameForMiddleware(command) ?? '';
    names.set(made, name);
  }
  return COMMANDS.get(name);
}

/** By prototype; empty where there is none. */
const names = new WeakMap<object, string>();

/** A command hands its name on where it puts its middleware together, by a method that does nothing here but listen. */
function nameForMiddleware(command: object): string | undefined {
  const resolve: unknown = Reflect.get(command, 'resolveMiddleware');
  if (!isFunction(resolve)) return undefined;
  let name: unknown;
  const listening: unknown = Object.create(command, {
    resolveMiddlewareWithContext: {
      value: (...args: readonly unknown[]) => {
        const options = args.at(-1);
        name = isObject(options) ? options['commandName'] : undefined;
      },
    },
  });
  Reflect.apply(resolve, listening, []);
  return typeof name === 'string' ? name : undefined;
}
