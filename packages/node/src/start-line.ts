import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { diag, guard, runtime } from '@outspan/core';
import type { OutspanInstrumentation } from '@outspan/core';
import manifest from '../package.json' with { type: 'json' };
import { coverage } from './coverage.ts';

/** The folders that an application's packages are looked for in. */
function applicationFolders(): string[] {
  const [, script] = process.argv;
  const starts = [...(script === undefined ? [] : [dirname(script)]), process.cwd()];
  return [...new Set(starts.flatMap(above))];
}

function above(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...above(parent)];
}

function installedVersion(name: string, folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    try {
      const { version }: { readonly version?: unknown } = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
      if (typeof version === 'string') return version;
    } catch {
      // Not here.
    }
  }
  return undefined;
}

/** What sees requests, whoever makes them, for a reader. */
const TRANSPORTS: Readonly<Record<string, string>> = {
  '@outspan/instrumentation-fetch': 'fetch',
  '@outspan/instrumentation-undici': runtime() === 'node' ? 'fetch and undici' : 'undici',
  '@outspan/instrumentation-http': 'node:http',
};

/**
 * Says in one line, under `OUTSPAN_LOG=info`, what has been started: the SDKs that the application has and how their calls are
 * known, the transports that are watched, and where telemetry goes.
 */
export function sayStart(live: readonly OutspanInstrumentation[], destination: () => string): void {
  if (!/^(?:info|debug|all|verbose)$/i.test((process.env['OUTSPAN_LOG'] ?? process.env['OTEL_LOG_LEVEL'] ?? '').trim())) return;
  const names = new Set(live.map(({ instrumentationName }) => instrumentationName));
  const folders = applicationFolders();
  const rows = coverage().filter(({ instrumentation }) => instrumentation === undefined || names.has(instrumentation));
  const sdks = rows
    .filter(({ name }, index) => rows.findIndex((row) => row.name === name) === index)
    .flatMap(({ name, by }) => {
      const version = installedVersion(name, folders);
      return version === undefined ? [] : [`${name} ${version} (${by})`];
    });
  const seen = Object.entries(TRANSPORTS).flatMap(([name, what]) => (names.has(name) ? [what] : []));
  diag.info(`outspan ${manifest.version}: ${[...sdks, ...seen].join(', ')} → ${guard('finding out where telemetry goes', destination) ?? 'unknown'}`);
}
