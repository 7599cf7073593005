import { diag } from '@outspan/core';
import type { OutspanInstrumentation } from '@outspan/core';
import manifest from '../package.json' with { type: 'json' };

/** What may exist once per thread, however many copies of this package (ESM, CommonJS, bundled) are loaded in it. */
export interface ProcessState {
  /** The version of the copy that came first. */
  readonly version: string;
  /** Which entry has run: the second one has nothing to do. */
  started?: 'register' | 'instrument';
  /** Whether it was said what has been started, and the tree was put beside an SDK of the application's own. */
  told?: true;
  /** Exports, or exports and ends, what is recorded by the SDK that was started here. */
  telemetry?: { drain(): Promise<void>; shutdown(): Promise<void> };
  /** The live instrumentations by package name. Two of one kind would record everything twice. */
  readonly instrumentations: Map<string, OutspanInstrumentation>;
}

const KEY = Symbol.for('outspan.node');

function isState(value: unknown): value is ProcessState {
  return typeof value === 'object' && value !== null && 'version' in value && 'instrumentations' in value;
}

/** The state of this thread, created on first use. */
export function processState(): ProcessState {
  const existing: unknown = Reflect.get(globalThis, KEY);
  if (isState(existing)) return existing;
  const state: ProcessState = { version: manifest.version, instrumentations: new Map() };
  Reflect.set(globalThis, KEY, state);
  return state;
}

let said = false;

/** Says once that another version acts in this thread, where that is so: its settings are in force, and its fixes are missing or there. */
export function announceOtherVersion(): void {
  const { version } = processState();
  if (version === manifest.version || said) return;
  said = true;
  diag.warn(`two versions of @outspan/node are in use: ${version} came first and acts, ${manifest.version} leaves the calls to it`);
}
