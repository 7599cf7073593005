import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type ReceivedRequest, type Session, startFaultProvider } from '@outspan/fault-provider';
import type { Outcome } from '../application/observation.ts';
import type { ModuleForm } from '../application/modules.ts';
import type { Cell } from '../cells/cell.ts';
import { endsItself, hasSilence } from '../judge/truth-of-cell.ts';
import type { Json } from '../json.ts';
import { untilBegun } from './begun.ts';
import type { Call, FromApplication, Job, RecordedSpan, Report, Tracing } from './job.ts';
import { APPLICATIONS, MAIN, nodeBinary, type NodeVersion, RESULTS } from './places.ts';

/** How the application is run. */
export interface Setting {
  readonly node: NodeVersion;
  readonly form: ModuleForm;
  readonly tracing: Tracing;
  readonly rooted: boolean;
}

/** What came of one cell in one run. */
export interface CellResult {
  readonly outcome: Outcome | undefined;
  /** Requests that the provider received, in order. */
  readonly requests: readonly ReceivedRequest[];
  /** Answers that were still going on a while after the call had ended: sockets that are held open. */
  readonly heldOpen: number;
  /** Rejections that nobody handled. */
  readonly unhandled: readonly Json[];
  readonly spans: readonly RecordedSpan[];
  /** In every span of the cell and in no other place. */
  readonly apiKey: string;
}

/** What came of a run. */
export interface RunResult {
  readonly setting: Setting;
  readonly cells: ReadonlyMap<string, CellResult>;
  /** What belongs to no cell. */
  readonly process: {
    readonly unhandled: readonly Json[];
    readonly warnings: readonly string[];
    readonly diagnostics: readonly string[];
    readonly started: number;
    readonly ended: number;
    /** It ended by itself once its work was done. */
    readonly exited: boolean;
    /** Cells whose sockets kept it alive. */
    readonly keptAliveBy: readonly string[];
    readonly stderr: string;
    /** Spans that could not be assigned to any cell. */
    readonly strays: readonly RecordedSpan[];
  };
}

/** Calls under way at once. */
const CONCURRENCY = 40;
/** Milliseconds after a call in which its sockets have to be let go of. */
const GRACE_MS = 1500;
/** Milliseconds: the deadlines of the SDKs, where they have to pass. */
const TIMEOUT_MS = 2000;
/** Milliseconds after which the application gives up where no deadline would end the silence. */
const GIVE_UP_MS = 2500;
/** Milliseconds that no call takes which nothing keeps waiting, however busy the machine. */
const FAR_MS = 20_000;
/** Milliseconds for one whole process. */
const RUN_MS = 600_000;
/** Milliseconds for a process to end when its work is done: longer than the deadlines whose timers some SDKs leave behind. */
const EXIT_MS = FAR_MS + 10_000;

let runs = 0;

/**
 * Runs cells that share an application in one process of it.
 * @throws Error when the process fails
 */
export async function runApplication(setting: Setting, cells: readonly Cell[], concurrency: number = CONCURRENCY): Promise<RunResult> {
  const provider = await startFaultProvider({ loggedBodyBytes: 0, logLimit: 100 });
  try {
    const sessions = new Map(cells.map((cell) => [cell.id, provider.session(cell.script.join(','), cell.session)]));
    // Several runners may be at work in this folder.
    const name = `${process.pid}-${++runs}-node${setting.node}-${setting.form}-${setting.tracing}`;
    const report = join(RESULTS, `${name}.report.json`);
    const job: Job = {
      ...setting,
      concurrency,
      applications: APPLICATIONS,
      report,
      calls: cells.map((cell) => callOf(cell, sessions.get(cell.id))),
    };
    const file = join(RESULTS, `${name}.job.json`);
    writeFileSync(file, JSON.stringify(job));
    const heldOpen = new Map<string, number>();
    const on = {
      async done(cell: string) {
        await wait(GRACE_MS);
        heldOpen.set(cell, sessions.get(cell)?.requests.filter(({ answered }) => answered.endedBy === undefined).length ?? 0);
      },
      async watch(cell: string) {
        await untilBegun(job.calls.find((call) => call.cell === cell)?.pattern ?? 'read', sessions.get(cell));
      },
    };
    const ended = await processEnd(setting, file, on, (ports) => cells.filter(({ id }) => sessions.get(id)?.clientPorts().some((port) => ports.includes(port)) === true).map(({ id }) => id));
    const result = assemble(setting, job, readReport(report), sessions, heldOpen, ended);
    // They hold every span and are large; what a failed process leaves is kept.
    for (const done of [file, report]) rmSync(done);
    return result;
  } finally {
    await provider.close();
  }
}

function callOf(cell: Cell, session: Session | undefined): Call {
  if (session === undefined) throw new Error(`${cell.id} has no session`);
  return {
    cell: cell.id,
    driver: cell.driver.id,
    baseUrl: session.baseUrl,
    apiKey: `sk-CANARY${session.baseUrl.split('/').at(-1) ?? ''}-b7f3a9c2d4e5`,
    pattern: cell.pattern,
    retries: cell.retries,
    timeoutMs: hasSilence(cell) ? TIMEOUT_MS : FAR_MS,
    tools: cell.script.some((fault) => fault.includes('tool') || fault.includes('function_call')),
    giveUpMs: endsItself(cell) ? FAR_MS : GIVE_UP_MS,
  };
}

interface ProcessEnd {
  readonly exited: boolean;
  readonly keptAliveBy: readonly string[];
  readonly stderr: string;
}

async function processEnd(setting: Setting, job: string, on: Readonly<Record<FromApplication['kind'], (cell: string) => Promise<void>>>, cellsOf: (ports: readonly number[]) => readonly string[]): Promise<ProcessEnd> {
  const child = spawn(nodeBinary(setting.node), ['--disable-warning=ExperimentalWarning', MAIN, job], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: environment(),
    cwd: RESULTS,
  });
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-20_000)));
  const watched: Promise<void>[] = [];
  child.on('message', (message) => {
    // Sent by the application of this same package.
    const { kind, cell } = message as FromApplication;
    const handled = on[kind](cell);
    watched.push(kind === 'watch' ? handled.then(() => void (child.connected && child.send(cell))) : handled);
  });
  let exited = true;
  let keptAliveBy: readonly string[] = [];
  const stop = (): void => {
    exited = false;
    const ports = (/; ports: (.*)$/.exec(stderr.trimEnd())?.[1] ?? '').split(', ').map(Number);
    keptAliveBy = cellsOf(ports);
    child.kill('SIGKILL');
  };
  const whole = setTimeout(stop, RUN_MS);
  let leaving: NodeJS.Timeout | undefined;
  child.once('disconnect', () => (leaving = setTimeout(stop, EXIT_MS)));
  const code = await exitOf(child);
  clearTimeout(whole);
  clearTimeout(leaving);
  await Promise.all(watched);
  if (exited && code !== 0) throw new Error(`the application ended with ${code}:\n${stderr}`);
  return { exited, keptAliveBy, stderr };
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

/** Nothing of the surroundings' OpenTelemetry, SDK or proxy settings. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:OTEL_|OUTSPAN_|OPENAI_|ANTHROPIC_|GOOGLE_|GEMINI_|MISTRAL_|AZURE_|NODE_|VITEST)|_proxy$/i.test(name));
  return { ...Object.fromEntries(kept), NO_PROXY: '127.0.0.1' };
}

function readReport(file: string): Report {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  // Written by the application of this same package.
  return parsed as Report;
}

function assemble(setting: Setting, job: Job, report: Report, sessions: ReadonlyMap<string, Session>, heldOpen: ReadonlyMap<string, number>, end: ProcessEnd): RunResult {
  const spans = spansByCell(job, report.spans);
  const cells = new Map<string, CellResult>();
  for (const { cell, apiKey } of job.calls) {
    cells.set(cell, {
      outcome: report.outcomes[cell],
      requests: sessions.get(cell)?.requests ?? [],
      heldOpen: heldOpen.get(cell) ?? 0,
      unhandled: report.unhandled.filter((rejection) => rejection.cell === cell).map(({ reason }) => reason),
      spans: spans.get(cell) ?? [],
      apiKey,
    });
  }
  return {
    setting,
    cells,
    process: {
      unhandled: report.unhandled.filter(({ cell }) => cell === undefined).map(({ reason }) => reason),
      warnings: report.warnings,
      diagnostics: report.diagnostics,
      started: report.started,
      ended: report.ended,
      exited: end.exited,
      keptAliveBy: end.keptAliveBy,
      stderr: end.stderr,
      strays: spans.get('') ?? [],
    },
  };
}

/** Spans by the cell whose session they went to or whose root they are under; those of no cell under ''. */
function spansByCell(job: Job, spans: readonly RecordedSpan[]): ReadonlyMap<string, readonly RecordedSpan[]> {
  const bySession = new Map(job.calls.map(({ cell, baseUrl }) => [sessionIn(baseUrl), cell]));
  const byTrace = new Map<string, string>();
  for (const { traceId, attributes } of spans) {
    const url = attributes['url.full'];
    const cell = attributes['contract.cell'] ?? (typeof url === 'string' ? bySession.get(sessionIn(url)) : undefined);
    if (typeof cell === 'string' && !byTrace.has(traceId)) byTrace.set(traceId, cell);
  }
  return Map.groupBy(spans, ({ traceId }) => byTrace.get(traceId) ?? '');
}

function sessionIn(url: string): string | undefined {
  return /:\d+\/s\/[a-z0-9]+/.exec(url)?.[0];
}

