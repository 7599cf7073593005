import { spawn } from 'node:child_process';
import { startReceiver } from '../otlp/index.ts';
import type { Export } from '../otlp/index.ts';
import type { Program } from './entry.ts';

/** How a program ended. */
export interface Ended {
  readonly exitCode: number | null;
  /** What it wrote to standard output and standard error. */
  readonly output: string;
}

/** Settings of the machine that are no part of a run. */
const SETTINGS = /^(?:OTEL|OUTSPAN|OPENAI|ANTHROPIC|GEMINI|GOOGLE|AWS|LANG|NODE|VITEST)/;

/** Runs a program by its own command and environment, against a mock of its provider, with `variables` beside those of its `conformance.yaml`. */
export async function execute({ run: [command, ...args], folder, env }: Program, mockUrl: string, variables: Readonly<Record<string, string>>): Promise<Ended> {
  if (command !== 'node') throw new TypeError(`the command is ${command}, not node`);
  const kept = Object.entries(process.env).filter(([name]) => !SETTINGS.test(name));
  const declared = Object.entries(env).map(([name, value]) => [name, value.replaceAll('${MOCK_SERVER_URL}', mockUrl)]);
  const child = spawn(process.execPath, args, { cwd: folder, env: { ...Object.fromEntries(kept), ...Object.fromEntries(declared), ...variables, OUTSPAN_FLUSH_TIMEOUT: '10000' }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exitCode = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  return { exitCode, output };
}

/** Runs a program, and returns what it exported as well. */
export async function runProgram(program: Program, mockUrl: string): Promise<Ended & { readonly exports: readonly Export[] }> {
  const receiver = await startReceiver();
  try {
    return { ...(await execute(program, mockUrl, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })), exports: receiver.exports };
  } finally {
    await receiver.close();
  }
}
