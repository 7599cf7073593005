import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { recordRows } from '../record.ts';
import { PACKAGES, type Package } from '../repository.ts';

/** What the import of an entry did. */
interface Seen {
  /** What reached out of the process while it was imported: connections, name look-ups, processes, threads, written files. */
  readonly outward: readonly string[];
  /** What another module could notice. */
  readonly changed: readonly string[];
  /** What reached out of the process from then to its end, which came by itself. */
  readonly later: readonly string[];
}

/** Nobody listens there. */
const BACKEND = '127.0.0.1:49151';

const HOWS = ['import', 'require'] as const;

const probes = new Map<string, Promise<Seen>>();

/** Imports an entry in a process of its own; once, however often it is asked for. */
function probe(how: (typeof HOWS)[number], entry: string): Promise<Seen> {
  const key = `${how} ${entry}`;
  const known = probes.get(key) ?? imported(how, entry);
  probes.set(key, known);
  return known;
}

async function imported(how: (typeof HOWS)[number], entry: string): Promise<Seen> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'import-probe.mjs'), how, entry], {
    cwd: import.meta.dirname,
    timeout: 30_000,
    // As a process that was told nothing but where the backend is: every exporter is on.
    env: { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:OTEL|OUTSPAN|NODE_OPTIONS)/.test(name))), OTEL_EXPORTER_OTLP_ENDPOINT: `http://${BACKEND}` },
  });
  return JSON.parse(stdout) as Seen;
}

/** The entries of a package that are modules. */
function entriesOf({ manifest: { name, exports = {} } }: Package): { readonly entry: string; readonly file: string }[] {
  return Object.entries(exports).flatMap(([path, target]) => {
    const file = typeof target === 'object' && target !== null ? (target as { import?: { default?: string } }).import?.default : undefined;
    return file === undefined ? [] : [{ entry: `${name}${path.slice(1)}`, file }];
  });
}

/** Whether a package.json says that a file does something by being imported. */
function saidToAct({ manifest: { sideEffects = true } }: Package, file: string): boolean {
  return typeof sideEffects === 'boolean' ? sideEffects : sideEffects.some((pattern) => (pattern.endsWith('*') ? file.startsWith(pattern.slice(0, -1)) : file === pattern));
}

const ENTRIES = PACKAGES.flatMap((one) => entriesOf(one).flatMap(({ entry, file }) => HOWS.map((how) => ({ entry, how, acts: saidToAct(one, file) }))));

/** What comes of packages of others: tslib, on which Grafana's builders stand, makes its functions global. No application loads it. */
const KNOWN: Readonly<Record<string, RegExp>> = { '@outspan/slo': /^global __[a-zA-Z]+$/ };

recordRows('imports', () => [
  {
    area: 'Supply chain',
    tried: 'every entry of every package is imported, as ES module and as CommonJS, in a process of its own that then ends: connections, name look-ups, processes, threads, files written',
    times: ENTRIES.length,
    result: 'none of them; of the two entries that act, at the end of the process at most a connection to the backend that they were given',
    command: 'npx vitest run --project safety test/safety/src/supply-chain/imports.test.ts',
  },
  {
    area: 'Supply chain',
    tried: 'what importing changes for others: globals, prototypes, variables, listeners, subscribers, timers, replaced functions',
    times: ENTRIES.filter(({ acts }) => !acts).length,
    result: "nothing, but for the two entries that are there to act; under `@outspan/slo`, Grafana's builders bring tslib, which makes its functions global",
    command: 'npx vitest run --project safety test/safety/src/supply-chain/imports.test.ts',
  },
]);

describe('an import', () => {
  it.each(ENTRIES)('$how of $entry reaches nothing outside of the process', async ({ entry, how }) => {
    expect((await probe(how, entry)).outward).toEqual([]);
  });

  it.each(ENTRIES)('$how of $entry leaves nothing for later, but for an SDK what it tells the backend of itself', async ({ entry, how, acts }) => {
    const allowed = acts ? [`net.connect ${BACKEND}`] : [];
    expect((await probe(how, entry)).later.filter((done) => !allowed.includes(done))).toEqual([]);
  });

  it.each(ENTRIES.filter(({ acts }) => !acts))('$how of $entry does nothing, as sideEffects says', async ({ entry, how }) => {
    const { changed } = await probe(how, entry);
    expect(changed.filter((line) => KNOWN[entry]?.test(line) !== true)).toEqual([]);
  });

  it.each(ENTRIES.filter(({ acts }) => acts))('$how of $entry acts, as sideEffects says, and on nothing but what is its own', async ({ entry, how }) => {
    const { changed } = await probe(how, entry);
    expect(changed).toContain('subscriber undici:request:create');
    // What another module replaced or put on a prototype would be in here.
    const own = /^(?:global Symbol\((?:outspan|opentelemetry)\b.*\)|listener \d of (?:beforeExit|exit|SIGTERM|SIGINT|uncaughtExceptionMonitor)|subscriber (?:undici:|http\.client\.|http2\.client\.)\S+|active FSReqPromise|another require)$/;
    expect(changed.filter((line) => !own.test(line))).toEqual([]);
  });

  it('that reaches out would be seen, at once or later', async () => {
    const { outward } = await probe('import', "data:text/javascript,await fetch('http://127.0.0.1:49152/').catch(() => {}); globalThis.mine = 1");
    expect(outward).toContain('net.connect 127.0.0.1:49152');
    const { later, changed } = await probe('import', "data:text/javascript,setTimeout(() => fetch('http://127.0.0.1:49152/').catch(() => {}), 50); globalThis.mine = 1");
    expect(later).toContain('net.connect 127.0.0.1:49152');
    expect(changed).toEqual(['global mine', 'active Timeout']);
  });
});
