import type { Cell } from '../cells/cell.ts';
import type { ApplicationName, Driver } from '../drivers/driver.ts';
import { withExceptions } from '../exceptions.ts';
import { judgeApplication } from '../judge/application.ts';
import type { Finding } from '../judge/finding.ts';
import { judgeTelemetry } from '../judge/telemetry.ts';
import { expectationOf } from '../judge/truth-of-cell.ts';
import type { Json } from '../json.ts';
import type { Tracing } from './job.ts';
import { type CellResult, type RunResult, runApplication, type Setting } from './run-application.ts';

/** A setting of the traced run; the untraced one is the same without Outspan. */
export interface Variant extends Setting {
  readonly tracing: Exclude<Tracing, 'off'>;
}

/** A variant in words: `Node 24, ESM`. */
export function variantName({ node, form, tracing, rooted }: Variant): string {
  return [`Node ${node}`, form.toUpperCase(), ...(tracing === 'hooked' ? [] : ['no module hook']), ...(tracing === 'observed' ? ['clients observed by hand'] : []), ...(rooted ? [] : ['no surrounding span'])].join(', ');
}

/** What became of a cell. */
export interface Proof {
  readonly cell: Cell;
  readonly untraced: CellResult;
  readonly traced: CellResult;
  readonly findings: readonly Finding[];
  /** It held only when it was run again, with little else at the same time. */
  readonly unsteady: readonly Finding[];
}

/** What became of all cells of a variant. */
export interface Proofs {
  readonly variant: Variant;
  readonly cells: ReadonlyMap<string, Proof>;
  /** What is wrong with the process as a whole, one line each. */
  readonly process: readonly string[];
}

/** Cells of one process at most, so that it ends within its bound on a busy machine too. */
const SHARE = 2_000;
/** Calls at once when cells are run again, and when those that fail then are run a last time. */
const CALMLY = [6, 2] as const;

/** Untraced runs, which variants share that differ in tracing alone. */
export type UntracedRuns = Map<string, Promise<RunResult>>;

/**
 * Runs cells traced and untraced and compares. Cells that fail are run once more, calmly, and what is left of them once more,
 * nearly alone: only what fails each time is a finding, as some faults race with the client.
 */
export async function prove(variant: Variant, cells: readonly Cell[], untracedRuns: UntracedRuns = new Map()): Promise<Proofs> {
  const proofs = new Map<string, Proof>();
  const complaints: string[] = [];
  const shares = [...Map.groupBy(cells, ({ driver }) => driver.application)].flatMap(([application, all]) =>
    Array.from({ length: Math.ceil(all.length / SHARE) }, (_, i) => ({ application, members: all.slice(i * SHARE, (i + 1) * SHARE) })),
  );
  for (const { application, members } of shares) {
    const { untraced, traced } = await runBoth(variant, application, members, untracedRuns);
    const first = judge(variant, members, untraced, traced);
    for (const concurrency of CALMLY) {
      const failed = members.filter(({ id }) => (first.get(id)?.findings.length ?? 0) > 0);
      // A broken build fails everywhere: there is nothing to learn from all of it again.
      if (failed.length === 0 || failed.length >= Math.max(100, members.length / 4)) break;
      const again = await runBoth(variant, application, failed, undefined, concurrency);
      for (const [id, proof] of judge(variant, failed, again.untraced, again.traced)) {
        first.set(id, { ...proof, unsteady: proof.findings.length === 0 ? (first.get(id)?.findings ?? []) : [] });
      }
    }
    for (const [id, proof] of first) proofs.set(id, proof);
    const exits = await againForThoseThatStay(variant, application, members, { untraced, traced });
    complaints.push(...[...judgeProcess(variant, members, untraced, traced), ...judgeExit(exits)].map((complaint) => `${application}: ${complaint}`));
  }
  return { variant, cells: proofs, process: complaints };
}

interface Both {
  readonly untraced: RunResult;
  readonly traced: RunResult;
}

async function runBoth(variant: Variant, application: ApplicationName, cells: readonly Cell[], shared: UntracedRuns | undefined, concurrency?: number): Promise<Both> {
  const key = [application, variant.node, variant.form, ...cells.map(({ id }) => id)].join('\n');
  const untraced = shared?.get(key) ?? runApplication({ ...variant, tracing: 'off' }, cells, concurrency);
  shared?.set(key, untraced);
  const [off, on] = await Promise.all([untraced, runApplication(variant, cells, concurrency)]);
  return { untraced: off, traced: on };
}

/**
 * A process that was kept alive is run again with the cells that did it, calmly: some SDKs lose the caller's signal, or a stream, when garbage is
 * collected at the wrong moment, traced or not.
 */
async function againForThoseThatStay(variant: Variant, application: ApplicationName, cells: readonly Cell[], first: Both): Promise<Both> {
  const staying = new Set([...first.untraced.process.keptAliveBy, ...first.traced.process.keptAliveBy]);
  const again = cells.filter(({ id }) => staying.has(id));
  return again.length === 0 || first.untraced.process.exited === first.traced.process.exited ? first : runBoth(variant, application, again, undefined, CALMLY[0]);
}

function judgeExit({ traced: { process: traced }, untraced: { process: untraced } }: Both): readonly string[] {
  if (traced.exited === untraced.exited) return [];
  const { keptAliveBy, stderr } = traced.exited ? untraced : traced;
  return [`the process ${traced.exited ? 'exits' : 'does not exit'} by itself, untraced it ${untraced.exited ? 'does' : 'does not'}; ${stderr.trim().split('\n').at(-1) ?? ''}; sockets of: ${keptAliveBy.join(', ')}`];
}

function judge(variant: Variant, cells: readonly Cell[], untraced: RunResult, traced: RunResult): Map<string, Proof> {
  return new Map(
    cells.map((cell) => {
      const without = cellOf(untraced, cell);
      const result = cellOf(traced, cell);
      return [cell.id, { cell, untraced: without, traced: result, findings: [...judgeApplication(cell, without, result), ...telemetryFindings(cell, variant, result)], unsteady: [] }];
    }),
  );
}

function cellOf(run: RunResult, { id }: Cell): CellResult {
  const result = run.cells.get(id);
  if (result === undefined) throw new Error(`${id} was not run`);
  return result;
}

function telemetryFindings(cell: Cell, variant: Variant, result: CellResult): readonly Finding[] {
  if (result.requests.length === 0 && cell.script[0] !== 'refused') return [{ about: 'application', path: 'requests', expected: 'at least one', got: 0 }];
  return judgeTelemetry(variant, withExceptions(cell, variant.tracing, expectationOf(cell, variant.tracing, result.requests)), result);
}

/** What Outspan says once when it sees the requests of an SDK that it should have hooked. */
const NOT_HOOKED = /The (.+) SDK is in use but is not hooked/;
/** What it calls the libraries of which it says so. */
const SAID_OF: ReadonlyMap<Driver['library'], string> = new Map([
  ['openai', 'OpenAI'],
  ['@anthropic-ai/sdk', 'Anthropic'],
  ['groq-sdk', 'Groq'],
  ['together-ai', 'Together'],
  ['@google/genai', 'Google GenAI'],
  ['@mistralai/mistralai', 'Mistral'],
  ['cohere-ai', 'Cohere'],
  ['ollama', 'Ollama'],
  ['@aws-sdk/client-bedrock-runtime', 'Bedrock'],
]);

/** The libraries that it has to be said of, by a process that makes these calls. */
function unhooked(tracing: Variant['tracing'], cells: readonly Cell[]): readonly string[] {
  const inferred = cells.filter(({ driver: { boundary } }) => tracing === 'hookless' && boundary.hooked === 'sdk' && boundary.hookless === 'inferred');
  return [...new Set(inferred.flatMap(({ driver: { library } }) => SAID_OF.get(library) ?? []))];
}

function judgeProcess({ tracing }: Variant, cells: readonly Cell[], untraced: RunResult, traced: RunResult): readonly string[] {
  const complaints: string[] = [];
  const sorted = (values: readonly Json[]): string => JSON.stringify(values.map((value) => JSON.stringify(value)).toSorted());
  if (traced.process.started !== traced.process.ended) complaints.push(`${traced.process.started} spans started, ${traced.process.ended} ended`);
  if (traced.process.strays.length > 0) complaints.push(`${traced.process.strays.length} spans belong to no cell: ${traced.process.strays.slice(0, 3).map(({ name }) => name).join(', ')}`);
  if (sorted(untraced.process.unhandled) !== sorted(traced.process.unhandled)) complaints.push(`unhandled rejections: ${untraced.process.unhandled.length} untraced, ${traced.process.unhandled.length} traced`);
  if (sorted(untraced.process.warnings) !== sorted(traced.process.warnings)) complaints.push(`process warnings: untraced ${sorted(untraced.process.warnings)}, traced ${sorted(traced.process.warnings)}`);
  const announced = traced.process.diagnostics.flatMap((line) => NOT_HOOKED.exec(line)?.[1] ?? []);
  const missing = unhooked(tracing, cells).filter((name) => !announced.includes(name));
  if (missing.length > 0) complaints.push(`nothing says that ${missing.join(', ')} is not hooked`);
  // Frameworks bring these SDKs as well.
  if (new Set(announced).size < announced.length || (tracing !== 'hookless' && announced.length > 0)) complaints.push(`announced as not hooked: ${announced.join(', ')}`);
  for (const line of new Set(traced.process.diagnostics)) if (!NOT_HOOKED.test(line)) complaints.push(`diagnostics: ${line}`);
  return complaints;
}
