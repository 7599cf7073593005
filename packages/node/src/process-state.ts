import type { Instrumentation } from '@opentelemetry/instrumentation';

/** What may exist once per thread, however many copies of this package (ESM, CommonJS, bundled) are loaded in it. */
export interface ProcessState {
  /** Which entry has run: the second one has nothing to do. */
  started?: 'register' | 'instrument';
  /** Names of the modules that a hook of ours already covers. */
  readonly hooked: Set<string>;
  /** The live instrumentations by package name. Two of one kind would record everything twice. */
  readonly instrumentations: Map<string, Instrumentation>;
}

const KEY = Symbol.for('outspan.node');

function isState(value: unknown): value is ProcessState {
  return typeof value === 'object' && value !== null && 'hooked' in value && 'instrumentations' in value;
}

/** The state of this thread, created on first use. */
export function processState(): ProcessState {
  const existing: unknown = Reflect.get(globalThis, KEY);
  if (isState(existing)) return existing;
  const state: ProcessState = { hooked: new Set(), instrumentations: new Map() };
  Reflect.set(globalThis, KEY, state);
  return state;
}
