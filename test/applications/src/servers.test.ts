import { execFile } from 'node:child_process';
import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { startFaultProvider, type FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { ExportedSpan } from '../../runtimes/src/otlp.ts';
import { receive } from '../../runtimes/src/receiver.ts';
import { EVERYTHING, NODES, ready } from './check.ts';
import { EXECUTABLES, exportingTo, seenBy } from './measure.ts';
import { recordSafety } from './safety-rows.ts';
import { said } from './seen/words.ts';
import { traces } from './seen/traces.ts';
import { startService, until } from './service.ts';
import { calls, SCRIPT } from './set-up.ts';
import { NEXT, NITRO, type Tree } from './trees.ts';

recordSafety('servers', 'servers as frameworks build them');

// Servers as frameworks build them for deployment: the files that they trace, copied to where nothing else is installed.

interface Server {
  readonly name: string;
  readonly tree: Tree;
  /** The folder in apps/ that is built, and the command. */
  readonly folder: string;
  readonly build: readonly string[];
  readonly buildEnv: Readonly<Record<string, string>>;
  /** What is deployed, in that folder. */
  readonly output: string;
  /** Where it is started, in what is deployed, given the name of the folder of the applications. */
  readonly cwd: (apps: string) => string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly listening: RegExp;
}

function next(telemetry: string): Omit<Server, 'name'> {
  return {
    tree: NEXT,
    folder: 'next',
    build: ['../../node_modules/next/dist/bin/next', 'build'],
    buildEnv: { NEXT_PUBLIC_TELEMETRY: telemetry, NEXT_TELEMETRY_DISABLED: '1' },
    output: `.next-${telemetry}/standalone`,
    cwd: (apps) => join(apps, 'next'),
    argv: ['server.js'],
    env: { PORT: '0', HOSTNAME: '127.0.0.1', NEXT_TELEMETRY_DISABLED: '1' },
    listening: /(http:\/\/127\.0\.0\.1:\d+)/,
  };
}

const NITRO_SERVER: Omit<Server, 'name'> = {
  tree: NITRO,
  folder: 'nitro',
  build: ['../../node_modules/nitropack/dist/cli/index.mjs', 'build'],
  buildEnv: {},
  output: '.output',
  cwd: () => 'server',
  argv: ['index.mjs'],
  env: { NITRO_PORT: '0', NITRO_HOST: '127.0.0.1' },
  listening: /(http:\/\/127\.0\.0\.1:\d+)/,
};

const SERVERS: readonly Server[] = [
  { name: "Next.js, output: 'standalone', an SDK of its own with outspanInstrumentations() in instrumentation.js", ...next('own-sdk') },
  { name: "Next.js, output: 'standalone', register in instrumentation.js", ...next('register') },
  { name: "Next.js, output: 'standalone', register by --import", ...next('register'), argv: ['--import', '@outspan/node/register', 'server.js'] },
  { name: 'Nitro, register by --import', ...NITRO_SERVER, argv: ['--import', '@outspan/node/register', 'index.mjs'] },
  { name: 'Nitro, register in a plugin', ...NITRO_SERVER },
];

let provider: FaultProvider;
const made: string[] = [];
beforeAll(async () => {
  provider = await startFaultProvider();
});
afterAll(async () => {
  await provider.close();
  await Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true })));
});

/** What is deployed of a server, in a folder with nothing around it. */
async function deploy(server: Server): Promise<string> {
  const { after } = await ready(server.tree);
  const cwd = join(after.apps, server.folder);
  await rm(join(cwd, server.output), { recursive: true, force: true });
  await promisify(execFile)(EXECUTABLES[24], [...server.build], { cwd, env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...server.buildEnv }, maxBuffer: 1 << 26 });
  const target = await mkdtemp(join(await realpath(tmpdir()), 'outspan-deployed-'));
  made.push(target);
  await cp(join(cwd, server.output), target, { recursive: true, verbatimSymlinks: true });
  return join(target, server.cwd(basename(after.apps)));
}

const deployed = new Map<string, Promise<string>>();

function deployOnce(server: Server): Promise<string> {
  const key = JSON.stringify([server.folder, server.buildEnv]);
  const found = deployed.get(key) ?? deploy(server);
  deployed.set(key, found);
  return found;
}

/** Frameworks have spans of their own around and beside the calls. */
function isOurs({ attributes }: ExportedSpan): boolean {
  return 'outspan.operation.boundary' in attributes || 'outspan.attempt.number' in attributes;
}

// One after the other: each build takes all of the machine.
describe.runIf(EVERYTHING).for(NODES.map((node) => ({ node })))('deployed, on Node.js $node', ({ node }) => {
  it.for(SERVERS.map((server) => [server.name, server] as const))('%s', async ([, server], { expect }) => {
    const cwd = await deployOnce(server);
    const backend = await receive();
    try {
      const session = provider.session(SCRIPT, { words: { headers: { 'retry-after-ms': '5' } } });
      const soon = { OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_METRIC_EXPORT_INTERVAL: '2000', OTEL_METRIC_EXPORT_TIMEOUT: '2000' };
      const service = await startService({
        argv: [EXECUTABLES[node], ...server.argv],
        cwd,
        env: { BASE_URL: `${session.baseUrl}/v1`, ...exportingTo(backend.url), ...soon, ...server.env },
        listening: server.listening,
      });
      const sees = (): object => {
        const { counted } = seenBy(backend.exported).sees;
        // Whose parents are the framework's.
        return { traces: traces(backend.exported.spans.filter(isOurs)).map((trace) => trace.replace(/\n {2}of a parent that never came$/, '')).sort(), counted };
      };
      const { traces: expected, counted } = calls('sdk', 'nothing');
      const must = { traces: [...expected].sort(), counted };
      try {
        expect.soft((await service.get('/calls')).split('\n')).toEqual(['first', 'second', 'third', 'retried'].map((name) => expect.stringMatching(`^${name}: stop, \\d+ characters$`)));
        await until('the spans', () => JSON.stringify(sees()) === JSON.stringify(must)).catch(() => undefined);
      } finally {
        await service.kill();
      }
      expect.soft(sees()).toEqual(must);
      expect.soft(said(service.stderr).ours).toEqual([]);
    } finally {
      backend.close();
    }
  });
});
