/**
 * Preloaded by `npx @outspan/node doctor -- …` into every process and thread of the application. Reports the state of Outspan
 * and OpenTelemetry, and changes nothing. CommonJS without dependencies, for any Node.js.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import workerThreads from 'node:worker_threads';
import type { Inspected } from '@outspan/core';
import { CallCount } from './calls.ts';
import { readExporters } from './exporters.ts';
import { formatOf, readPackages, watchLoading } from './loaded.ts';
import { isDisabled, readOutspan } from './outspan.ts';
import { VARIABLE, type ProbeRecord, type ProbeSettings, type Snapshot } from './record.ts';
import { readRegistry } from './registry.ts';
import { seal } from './seal.ts';
import { listenToApi } from './words.ts';

/** Milliseconds between looks at what there is. A process that is killed was looked at this long before at most. */
const INTERVAL = 300;
/** Records of one thread. */
const MAX_RECORDS = 10_000;

const INSPECTOR = Symbol.for('outspan.inspector.v1');

function settingsIn(folder: string): ProbeSettings {
  return JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'));
}

/** Writes each record at once, since the process may be killed at any time. */
function writer(folder: string, key: string): (record: ProbeRecord) => void {
  const file = join(folder, `${process.pid}-${workerThreads.threadId}-${Date.now()}.report`);
  let records = 0;
  const said = new Set<string>();
  return (record) => {
    if (++records > MAX_RECORDS) return;
    if (record.kind === 'message' || record.kind === 'opentelemetry') {
      if (said.has(record.text)) return;
      said.add(record.text);
    }
    try {
      appendFileSync(file, `${seal(JSON.stringify(record), key)}\n`);
    } catch {
      // Nowhere to write. The doctor says that it heard nothing.
    }
  };
}

function isInspected(event: unknown): event is Inspected {
  return typeof event === 'object' && event !== null && 'kind' in event;
}

function inspector(write: (record: ProbeRecord) => void, calls: CallCount): (event: unknown) => void {
  return (event) => {
    if (!isInspected(event)) return;
    if (event.kind === 'call') calls.add(event);
    else write(event.kind === 'hook' ? { ...event, format: formatOf(event.path) } : event);
  };
}

/** Calls `run` after all `exit` listeners. A listener of our own would count towards the limit of listeners. */
function atExit(run: () => void): void {
  const emit: unknown = Reflect.get(process, 'emit');
  if (typeof emit !== 'function') return;
  const observed = function (this: unknown, ...args: readonly unknown[]): unknown {
    const result: unknown = Reflect.apply(emit, this, args);
    if (args[0] === 'exit') run();
    return result;
  };
  Reflect.set(process, 'emit', observed);
}

function begin(folder: string, key: string): void {
  const settings = settingsIn(folder);
  const write = writer(folder, key);
  const calls = new CallCount(write);
  Object.defineProperty(globalThis, INSPECTOR, { configurable: true, value: inspector(write, calls) });
  const listsModules = watchLoading(settings, (place, format, exports) => listenToApi(place, format, exports, write));
  write({ kind: 'start', pid: process.pid, parent: process.ppid, thread: workerThreads.threadId, version: process.versions.node, script: process.argv[1], listsModules, disabled: isDisabled(process.env) });
  let last = '';
  const look = (late: boolean): void => {
    try {
      calls.write();
      const snapshot: Snapshot = { outspan: readOutspan(), registry: readRegistry(), packages: readPackages(settings), exporters: readExporters(late) };
      const text = JSON.stringify(snapshot);
      if (text !== last) write({ kind: 'snapshot', ...snapshot });
      last = text;
    } catch {
      // The next look may succeed.
    }
  };
  let looks = 0;
  setInterval(() => look(++looks > 3), INTERVAL).unref();
  atExit(() => look(true));
}

try {
  const [, key, folder] = /^([0-9a-f]+):(.+)$/s.exec(process.env[VARIABLE] ?? '') ?? [];
  // The thread of Node's asynchronous module loader runs preloaded modules too. No application runs there.
  if (key !== undefined && folder !== undefined && !workerThreads.isInternalThread) begin(folder, key);
} catch {
  // The application starts as it would have.
}
