import { diag } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import manifest from '../package.json' with { type: 'json' };

/** What may exist once per thread, however many copies of this package (ESM, CommonJS, bundled) are loaded in it. */
export interface ProcessState {
  /** The version of the copy that came first. */
  readonly version: string;
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
  const state: ProcessState = { version: manifest.version, hooked: new Set(), instrumentations: new Map() };
  Reflect.set(globalThis, KEY, state);
  return state;
}

let said = false;

/** Says once that another version acts in this thread, where that is so: its settings are in force, and its fixes are missing or there. */
export function announceOtherVersion(): void {
  const { version } = processState();
  if (version === manifest.version || said) return;
  said = true;
  diag.warn(`outspan: two versions of @outspan/node are in use: ${version} came first and acts, ${manifest.version} leaves the calls to it`);
}
