import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IN_THREAD_SINCE } from '@outspan/sdk-boundary';
import { newKey, open } from '../probe/seal.ts';
import { VARIABLE, type ProbeRecord, type ProbeSettings } from '../probe/record.ts';
import { knownSdks } from '../sdks.ts';

/** The reports of the probes of one run. */
export interface Reports {
  /** The environment of a command, with the probe in it. */
  environment(around: NodeJS.ProcessEnv, permission: boolean): NodeJS.ProcessEnv;
  /** The records of each thread, as far as they were written. */
  read(): readonly (readonly ProbeRecord[])[];
  /** The processes that have reported. */
  processes(): readonly number[];
  remove(): void;
}

/** Beside the modules of this package, once it is built. */
const PROBE = new URL('./doctor-probe.cjs', import.meta.url);

/** Other vendors' module loaders, which may get between Outspan's hooks and a module. */
export const LOADERS: readonly string[] = ['dd-trace', 'newrelic', 'import-in-the-middle', '@elastic/opentelemetry-node'];

const OPENTELEMETRY = ['api', 'sdk-node', 'sdk-trace', 'sdk-trace-base', 'sdk-trace-node', 'sdk-metrics', 'instrumentation'].map((name) => `@opentelemetry/${name}`);

function settings(): ProbeSettings {
  return { packages: [...OPENTELEMETRY, ...LOADERS, ...knownSdks()], scopes: ['@outspan/'], inThreadSince: IN_THREAD_SINCE };
}

function quoted(path: string): string {
  return `"${path.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function parsed(line: string, key: string): ProbeRecord | undefined {
  const text = open(line, key);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Makes a folder for the reports of a run. Copies the probe into it, since the application may not be able to read this package. */
export function prepareReports(): Reports {
  const folder = mkdtempSync(join(tmpdir(), 'outspan-doctor-'));
  const key = newKey();
  const probe = join(folder, 'probe.cjs');
  copyFileSync(PROBE, probe);
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings()));
  const files = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.report'));
  return {
    environment(around, permission) {
      const allowed = permission ? [`--allow-fs-read=${quoted(folder)}`, `--allow-fs-write=${quoted(folder)}`] : [];
      return { ...around, NODE_OPTIONS: [`--require ${quoted(probe)}`, ...allowed, around['NODE_OPTIONS'] ?? ''].join(' ').trim(), [VARIABLE]: `${key}:${folder}` };
    },
    read: () => files().toSorted().map((name) => readFileSync(join(folder, name), 'utf8').split('\n').flatMap((line) => parsed(line, key) ?? [])),
    processes: () => [...new Set(files().map((name) => Number(name.split('-', 1)[0])))],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
