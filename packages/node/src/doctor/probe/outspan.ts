import module from 'node:module';
import { reach } from '../../last-export/reach.ts';
import type { OutspanState } from './record.ts';

/** Where `@outspan/node` and `@outspan/core` keep what exists once per thread. */
const STATE = Symbol.for('outspan.node');
const LOCKS = Symbol.for('outspan.locks');

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Whether any instrumentation of Outspan is on. */
export function isOutspanLive(): boolean {
  const locks: unknown = Reflect.get(globalThis, LOCKS);
  return locks instanceof Map && locks.size > 0;
}

function instrumentationsOn(): Record<string, string> {
  const locks: unknown = Reflect.get(globalThis, LOCKS);
  const held = locks instanceof Map ? [...locks] : [];
  return Object.fromEntries(held.map(([name, holder]): [string, string] => [String(name), text(reach(holder, 'version')) ?? 'unknown']));
}

/** Files of a build, which are CommonJS: `dist/register.cjs`. */
const ENTRY = /\/node\/dist\/(register|instrument)\.cjs$/;

function entriesLoaded(): string[] {
  const cache: unknown = Reflect.get(module, '_cache');
  return Object.keys(typeof cache === 'object' && cache !== null ? cache : {}).flatMap((path) => ENTRY.exec(path.replace(/\\/g, '/'))?.[1] ?? []);
}

/** What Outspan has put into this thread, if it is here. */
export function readOutspan(): OutspanState | undefined {
  const state: unknown = Reflect.get(globalThis, STATE);
  const instrumentations = instrumentationsOn();
  if (state === undefined && Object.keys(instrumentations).length === 0) return undefined;
  const started = reach(state, 'started');
  return { version: text(reach(state, 'version')), started: started === 'register' || started === 'instrument' ? started : undefined, entries: entriesLoaded(), instrumentations };
}

/** Whether a variable turns OpenTelemetry off in this process. */
export function isDisabled(environment: NodeJS.ProcessEnv): boolean {
  return environment['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true';
}
