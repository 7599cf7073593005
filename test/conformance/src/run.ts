/**
 * `npm run conformance`: our registry and our entry, judged by OpenTelemetry's own tools.
 *
 * Exit code 0: all is well. 1: a check failed. 2: something that npm cannot install is missing.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startFaultProvider } from '@outspan/fault-provider';
import { ENTRY, LIBRARIES, PROGRAMS } from './entry/entry.ts';
import { expectedOf } from './entry/expected.ts';
import { wordsFor } from './entry/mock.ts';
import { execute } from './entry/run-program.ts';

const PACKAGE = fileURLToPath(new URL('../', import.meta.url));
const REGISTRY = join(PACKAGE, 'registry');
const SUITE = 'https://github.com/open-telemetry/semantic-conventions-conformance';
/** Where Weaver listens: its defaults. */
const WEAVER = { otlp: 'http://127.0.0.1:4317', admin: 'http://127.0.0.1:4320' };

/** The commands that the run needs, and where each comes from. */
const NEEDED: Readonly<Record<string, string>> = {
  weaver: 'a release of https://github.com/open-telemetry/weaver',
  'otel-conformance': `in a checkout of ${SUITE}: pip install -e tools/runner -e tools/gen-ai/runner -e tools/gen-ai/mock-server`,
  'genai-mock-server': 'installed along with otel-conformance',
};

function isOnPath(command: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => existsSync(join(folder, command)) || existsSync(join(folder, `${command}.exe`)));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Runs a command on this terminal. Returns whether it ended well. */
function ran(command: string, args: readonly string[]): boolean {
  say(`\n$ ${[command, ...args].join(' ')}`);
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0;
}

/** Runs the suite on each library. It measures: only a program that fails is a failure. */
function suite(): boolean {
  // A copy inside of this package, so that the programs use the packages of this workspace instead of a lockfile's.
  const copy = mkdtempSync(join(PACKAGE, '.entry-'));
  try {
    cpSync(ENTRY, copy, { recursive: true });
    const results = LIBRARIES.map((library) => {
      const folder = join(copy, library, 'outspan');
      const file = join(folder, 'conformance.yaml');
      writeFileSync(file, readFileSync(file, 'utf8').replace(/^setup: .*\n/m, ''));
      const well = ran('otel-conformance', [folder, '--report-only']);
      const data = join(folder, 'data.json');
      if (well && existsSync(data)) say(`${library}: ${readFileSync(data, 'utf8')}`);
      return well;
    });
    return results.every((well) => well);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** How calls of each library fail, beside what its programs meet. */
const FAILURES = ['unauthenticated', 'rate_limited', 'server_error'];

/** Sends what every program emits to a live check by our registry. Fails on a violation that names something of ours. */
async function liveCheck(): Promise<boolean> {
  const output = mkdtempSync(join(tmpdir(), 'outspan-live-check-'));
  const args = ['registry', 'live-check', '--registry', REGISTRY, '--include-unreferenced', '--inactivity-timeout', '120', '--format', 'json', '--no-stream', '--fail-on', 'none', '--output', output];
  say(`\n$ weaver ${args.join(' ')}`);
  const weaver = spawn('weaver', args, { stdio: 'inherit' });
  const ended = new Promise<number | null>((resolve, reject) => weaver.once('error', reject).once('close', resolve));
  const provider = await startFaultProvider({ retryAfterSeconds: 0 });
  const broken: string[] = [];
  try {
    // It fetches the registries that ours depends on before it listens.
    for (let tries = 0; tries < 120 && !(await listens(WEAVER.otlp)); tries++) await wait(1_000);
    const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: WEAVER.otlp, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    for (const program of PROGRAMS) {
      const healthy = expectedOf(program.library, program.scenario).script;
      const scripts = [healthy, ...(program.scenario === 'inference' ? FAILURES : [])];
      for (const script of scripts) {
        const { exitCode } = await execute(program, provider.session(script, wordsFor(program.scenario)).baseUrl, variables);
        if (script === healthy && exitCode !== 0) broken.push(`${program.library}/${program.scenario}`);
        say(`${program.library}/${program.scenario} under ${script}: exit code ${String(exitCode)}`);
      }
    }
    await fetch(`${WEAVER.admin}/stop`, { method: 'POST' });
    const code = await ended;
    const own = readdirSync(output).flatMap((name) => violationsIn(JSON.parse(readFileSync(join(output, name), 'utf8')))).filter((message) => message.includes('outspan.'));
    for (const message of new Set(own)) say(`  ${message}`);
    return code === 0 && own.length === 0 && broken.length === 0;
  } finally {
    weaver.kill();
    await provider.close();
    rmSync(output, { recursive: true, force: true });
  }
}

/** Whether anything answers there, in whatever protocol. */
async function listens(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    (error: unknown) => !JSON.stringify(error instanceof Error ? (error.cause ?? '') : '').includes('ECONNREFUSED'),
  );
}

/** The messages of every violation in a report, wherever in it they are. */
function violationsIn(report: unknown): string[] {
  if (typeof report !== 'object' || report === null) return [];
  const own = 'level' in report && report.level === 'violation' && 'message' in report ? [String(report.message)] : [];
  return [...own, ...Object.values(report).flatMap(violationsIn)];
}

const missing = Object.entries(NEEDED).filter(([command]) => !isOnPath(command));
if (missing.length > 0) {
  say('The conformance run needs commands that are not on PATH:');
  for (const [command, source] of missing) say(`  ${command}: ${source}`);
  say('Without them, `npx vitest run --project conformance` runs every program and compares the registry with the code and the docs.');
  process.exitCode = 2;
} else {
  const checks = { registry: ran('weaver', ['registry', 'check', '--registry', REGISTRY]), suite: suite(), liveCheck: await liveCheck() };
  for (const [name, well] of Object.entries(checks)) say(`${well ? 'ok    ' : 'FAILED'} ${name}`);
  process.exitCode = Object.values(checks).every((well) => well) ? 0 : 1;
}
