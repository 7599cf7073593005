// Next.js's server build, by a command of its own: installing it takes 400 MB. Ends with 0 where the rows hold.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { startFaultProvider, type FaultProvider } from '@outspan/fault-provider';
import { fromTheWire, recorded, type Recorded } from './calls.ts';
import { measure, SCRIPT } from './measure.ts';
import { receive } from './receiver.ts';
import type { Row } from './rows.ts';
import { PLAIN } from './ways.ts';

const VERSIONS = ['next@16.4.6', 'react@19.3.1', 'react-dom@19.3.1'];
const PACKAGE = new URL('..', import.meta.url).pathname;
const APP = `${PACKAGE}dist/nextjs`;
const NEXT = `${APP}/node_modules/next/dist/bin/next`;
const PATIENCE = 60_000;
const COMMAND = 'npx pnpm --filter ./test/runtimes nextjs';
const BASE = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', NEXT_TELEMETRY_DISABLED: '1', WORKSPACE: new URL('../../..', import.meta.url).pathname };

function install(): void {
  mkdirSync(APP, { recursive: true });
  cpSync(`${PACKAGE}apps/nextjs`, APP, { recursive: true });
  cpSync(`${PACKAGE}apps/calls.cjs`, `${APP}/calls.cjs`);
  if (existsSync(NEXT)) return;
  writeFileSync(`${APP}/package.json`, '{ "private": true }\n');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-save', ...VERSIONS], { cwd: APP, stdio: 'inherit', timeout: 300_000 });
}

/** Starts the server, asks for the calls once, and waits for what is to be recorded. */
async function ask(provider: FaultProvider, env: Readonly<Record<string, string>>, expected: number): Promise<{ text: string; recorded: Recorded }> {
  const backend = await receive();
  const server = spawn(process.execPath, [NEXT, 'start', '--port', '0', '--hostname', '127.0.0.1'], {
    cwd: APP,
    env: {
      ...BASE,
      OTEL_EXPORTER_OTLP_ENDPOINT: backend.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_METRIC_EXPORT_INTERVAL: '500',
      OTEL_METRIC_EXPORT_TIMEOUT: '400',
      BASE_URLS: `${provider.session(SCRIPT).baseUrl}/v1`,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const runaway = setTimeout(() => server.kill('SIGKILL'), PATIENCE);
  try {
    let said = '';
    for await (const chunk of server.stdout.setEncoding('utf8')) {
      said += String(chunk);
      if (said.includes('Ready')) break;
    }
    const [, url] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(said) ?? [];
    if (url === undefined) throw new Error(`no server: ${said}`);
    const text = await (await fetch(`${url}/calls`)).text();
    const deadline = Date.now() + 20_000;
    while (recorded(backend.exported).operationsCounted < expected && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
    return { text, recorded: recorded(backend.exported) };
  } finally {
    clearTimeout(runaway);
    server.kill('SIGKILL');
    await once(server, 'close').catch(() => undefined);
    backend.close();
  }
}

async function rowFor(provider: FaultProvider, plain: Recorded, sdk: 'inside' | 'external'): Promise<Row> {
  const env: Record<string, string> = sdk === 'external' ? { SDK_EXTERNAL: '1' } : {};
  rmSync(`${APP}/.next`, { recursive: true, force: true });
  execFileSync(process.execPath, [NEXT, 'build'], { cwd: APP, env: { ...BASE, ...env }, stdio: 'inherit', timeout: 300_000 });
  const bare = await ask(provider, { UNTRACED: '1' }, 0);
  const traced = await ask(provider, {}, plain.operationsCounted);
  const expected = sdk === 'external' ? plain : fromTheWire(plain);
  // Next.js has spans of its own around the calls.
  const same = isDeepStrictEqual({ ...traced.recorded, others: [] }, expected);
  const { calls, operationsCounted, attemptsCounted } = traced.recorded;
  const attempts = calls.reduce((sum, call) => sum + call.attempts.length, 0);
  return {
    area: 'Ways to run',
    tried: `Next.js's server build, outspanInstrumentations() in instrumentation.js, the SDK ${sdk === 'external' ? 'in serverExternalPackages' : 'bundled'}`,
    times: 1,
    result: `${bare.text === traced.text ? 'output unchanged' : 'output changed'}; ${calls.length} of ${plain.calls.length} operations with ${attempts} attempts recorded, counted ${operationsCounted} and ${attemptsCounted} times; boundary \`${sdk === 'external' ? 'sdk' : 'inferred'}\``,
    holds: same && bare.text === traced.text && traced.text.split('\n').length === 3,
    command: COMMAND,
  };
}

install();
const provider = await startFaultProvider();
try {
  const plain = (await measure(provider, PLAIN)).recorded;
  if (plain.calls.length === 0) throw new Error('the plain run recorded nothing: are the packages built?');
  const rows = [await rowFor(provider, plain, 'inside'), await rowFor(provider, plain, 'external')];
  console.log(JSON.stringify(rows, null, 2));
  if (process.env['OUTSPAN_UPDATE_SAFETY'] === '1') writeFileSync(new URL('../../safety/rows/ways-to-run-nextjs.json', import.meta.url), `${JSON.stringify(rows, null, 2)}\n`);
  process.exitCode = rows.every((row) => row.holds) ? 0 : 1;
} finally {
  await provider.close();
}
