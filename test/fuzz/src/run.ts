import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FuzzCase, wireOf } from './case.ts';
import type { RecordedAnswer } from './corpus.ts';
import type { Job, Report } from './job.ts';
import { startRawServer } from './raw-server.ts';

const MAIN = fileURLToPath(new URL('application.ts', import.meta.url));
const RUN_MS = 600_000;

/** Runs an application of its own process over these cases. @param settle how many times longer connections stay open before they end */
export async function runApplication(traced: boolean, cases: readonly FuzzCase[], answers: ReadonlyMap<string, RecordedAnswer>, settle: number): Promise<Report> {
  const byId = new Map(cases.map((one) => [one.id, one]));
  const server = await startRawServer((id) => {
    const fuzz = byId.get(id);
    return fuzz && { writes: wireOf(fuzz, answers).writes, ending: fuzz.ending };
  }, settle);
  const folder = mkdtempSync(join(tmpdir(), 'outspan-fuzz-'));
  try {
    const job: Job = { traced, port: server.port, calls: cases.map(({ id, client }) => ({ id, client })), report: join(folder, 'report.json') };
    writeFileSync(join(folder, 'job.json'), JSON.stringify(job));
    await ended(join(folder, 'job.json'));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the application beside this file
    return JSON.parse(readFileSync(job.report, 'utf8')) as Report;
  } finally {
    rmSync(folder, { recursive: true });
    await server.close();
  }
}

function ended(job: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const kept = Object.entries(process.env).filter(([name]) => !/^(?:OTEL_|OUTSPAN_|OPENAI_|ANTHROPIC_|NODE_|VITEST)|_proxy$/i.test(name));
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, job], { stdio: ['ignore', 'ignore', 'pipe'], env: Object.fromEntries(kept), timeout: RUN_MS, killSignal: 'SIGKILL' });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-10_000)));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`the application ended with ${code}:\n${stderr}`))));
  });
}
