import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FaultProvider } from '@outspan/fault-provider';
import { startBackend } from './backend.ts';
import { type Document, ROOT } from './documents.ts';
import { type Mark, readMark } from './mark.ts';

/** Inside of this package, so that snippets find its dependencies. */
const PACKAGE = fileURLToPath(new URL('../', import.meta.url));
const FAULT_PROVIDER = `node ${JSON.stringify(join(ROOT, 'packages/fault-provider/dist/cli.mjs'))}`;
const SLO = `node ${JSON.stringify(join(ROOT, 'packages/slo/dist/cli.mjs'))}`;
const NODE = `node ${JSON.stringify(join(ROOT, 'packages/node/dist/cli.mjs'))}`;
const LONGEST = 45_000;

/** Runs what a document's marks tell, in order, in one folder. Throws what a reader would have met. */
export async function runDocument(document: Document, provider: FaultProvider): Promise<void> {
  // The README of an example speaks of the files beside it.
  const own = document.path.startsWith('examples/');
  const folder = own ? join(ROOT, dirname(document.path)) : await mkdtemp(join(PACKAGE, '.snippets-'));
  try {
    for (const [index, { language, code, mark, line }] of document.blocks.entries()) {
      // A file may be in any language; what else a block in another one is marked for, is its own test's.
      if (mark === undefined || (!(language in LANGUAGES) && !mark.startsWith('file '))) continue;
      const read = readMark(mark);
      if (read.do === 'file' && !own) await writeFile(join(folder, read.name), code);
      if (read.do !== 'run') continue;
      try {
        await (language === 'json' ? JSON.parse(code) : runBlock(folder, index, language, code, read, provider));
      } catch (error) {
        throw new Error(`${document.path}:${line}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    }
  } finally {
    if (!own) await rm(folder, { recursive: true, force: true });
  }
}

/** Languages whose blocks need a mark, and the extension that Node.js runs them by. */
export const LANGUAGES: Readonly<Record<string, string>> = { sh: '', bash: '', json: '', js: '.mjs', mjs: '.mjs', cjs: '.cjs', ts: '.mts' };

async function runBlock(folder: string, index: number, language: string, code: string, mark: Mark & { do: 'run' }, provider: FaultProvider): Promise<void> {
  const backend = await startBackend();
  try {
    const { baseUrl } = provider.session('ok');
    const extension = LANGUAGES[language] ?? '';
    let script = ofThisWorkspace(code);
    if (extension !== '') {
      const file = join(folder, `snippet-${index}${extension}`);
      await writeFile(file, code);
      script = `node ${JSON.stringify(file)}`;
    } else if (mark.backend !== undefined) {
      if (!code.includes(mark.backend)) throw new Error(`the block does not mention ${mark.backend}`);
      script = script.replaceAll(mark.backend, backend.url);
    }
    const { exitCode, output } = await bash(script, folder, environment(baseUrl), mark.until);
    if (exitCode !== 0) throw new Error(`exit code ${exitCode}\n${output}`);
    for (const said of mark.prints) if (!output.includes(said)) throw new Error(`does not print ${JSON.stringify(said)}, but\n${output}`);
    for (const said of mark.printsNot) if (output.includes(said)) throw new Error(`prints ${JSON.stringify(said)}\n${output}`);
    if (mark.backend !== undefined && !backend.posts.includes('/v1/traces')) throw new Error(`no span reached the backend\n${output}`);
  } finally {
    backend.close();
  }
}

/** The commands as they are built here, and on free ports: a reader's may be taken. */
function ofThisWorkspace(code: string): string {
  return code.replaceAll('npx @outspan/fault-provider', `${FAULT_PROVIDER} --port 0`).replaceAll('npx @outspan/slo', SLO).replaceAll('npx @outspan/node', NODE);
}

/** A provider that answers, and none of the settings of the machine that could change what is printed. */
function environment(baseUrl: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(OTEL|OUTSPAN|OPENAI|ANTHROPIC|GEMINI|GOOGLE|AWS|CO_|OLLAMA|NODE|VITEST|FORCE_COLOR|NO_COLOR)/.test(name));
  return {
    ...Object.fromEntries(kept),
    PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
    OPENAI_API_KEY: 'sk-snippet',
    OPENAI_BASE_URL: `${baseUrl}/v1`,
    ANTHROPIC_API_KEY: 'sk-ant-snippet',
    ANTHROPIC_BASE_URL: baseUrl,
    GEMINI_API_KEY: 'gemini-snippet',
    GEMINI_BASE_URL: baseUrl,
    CO_API_KEY: 'cohere-snippet',
    CO_API_URL: baseUrl,
    OLLAMA_HOST: baseUrl,
    MISTRAL_API_KEY: 'mistral-snippet',
    MISTRAL_SERVER_URL: baseUrl,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'snippet',
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: baseUrl,
  };
}

interface Finished {
  readonly exitCode: number | null;
  readonly output: string;
}

function bash(script: string, cwd: string, env: NodeJS.ProcessEnv, until: string | undefined): Promise<Finished> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that what it started can be ended with it.
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    let stopped = false;
    const stop = (): void => {
      stopped = true;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    };
    const timer = setTimeout(stop, LONGEST);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (until !== undefined && !stopped && output.includes(until)) stop();
      });
    }
    child.once('error', reject);
    child.once('close', (exitCode) => {
      clearTimeout(timer);
      resolve({ exitCode: until !== undefined && output.includes(until) ? 0 : exitCode, output });
    });
  });
}
