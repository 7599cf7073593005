import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FaultProvider, Session } from '@outspan/fault-provider';

/** The calls that `fixtures/app.mjs` can make. */
export type Call = 'whole' | 'retried' | 'cut' | 'denied' | 'message' | 'streamedMessage';

/** What a run of the application is given. */
export interface AppOptions {
  readonly provider: FaultProvider;
  /** Default: all. */
  readonly calls?: readonly Call[];
  /** What `--import` loads first. Without it: no telemetry at all. */
  readonly preload?: '@outspan/node/register';
  /** Apart from the provider's addresses all that is in its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How an application process ended. */
export interface AppRun {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run, and the requests that the provider got from it. */
export interface AppRunWithProvider extends AppRun {
  readonly sessions: Readonly<Record<'healthy' | 'retried' | 'cut' | 'denied', Session>>;
}

/** For runs whose spans have to arrive: a busy machine may need longer for the last export than an application wants to wait. */
export const PATIENT: Readonly<Record<string, string>> = { OUTSPAN_FLUSH_TIMEOUT: '20000' };

const PACKAGE = fileURLToPath(new URL('../', import.meta.url));
const ENDS_WITHIN_MS = 90_000;

/** Runs `fixtures/app.mjs` to its end against a provider. */
export async function runApp({ provider, calls = [], preload, env = {} }: AppOptions): Promise<AppRunWithProvider> {
  const sessions = {
    healthy: provider.session('ok'),
    retried: provider.session('bad_gateway_page,ok'),
    cut: provider.session('stream_cut_between_events'),
    denied: provider.session('401'),
  };
  const run = await runNode([...(preload === undefined ? [] : ['--import', preload]), 'fixtures/app.mjs', ...calls], PACKAGE, {
    HEALTHY_URL: sessions.healthy.baseUrl,
    RETRIED_URL: sessions.retried.baseUrl,
    CUT_URL: sessions.cut.baseUrl,
    DENIED_URL: sessions.denied.baseUrl,
    ...env,
  });
  return { ...run, sessions };
}

/** Runs Node to its end with nothing in its environment but `env` and where programs are. Killed after 45 s. */
export function runNode(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<AppRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: ENDS_WITHIN_MS,
      killSignal: 'SIGKILL',
    });
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.stderr += text;
    });
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, ...said }));
  });
}
