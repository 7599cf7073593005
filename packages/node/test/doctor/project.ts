import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const PACKAGE = new URL('../../', import.meta.url).pathname;
export const CLI: string = join(PACKAGE, 'dist/cli.mjs');

const folders: string[] = [];

/** Removes every folder that was made. */
export function removeProjects(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/** Files by their paths; an object is written as JSON, `{ link }` as a link. */
export type Files = Readonly<Record<string, string | object>>;

function isLink(content: object): content is { readonly link: string } {
  return 'link' in content && Object.keys(content).length === 1;
}

/** A folder with files in it. */
export function project(files: Files): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'outspan-doctor-test-')));
  folders.push(folder);
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    if (typeof content === 'object' && isLink(content)) symlinkSync(content.link, file);
    else writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }
  return folder;
}

/** A package of a version, of which there is no more than its package.json. */
export function installed(packages: Readonly<Record<string, string>>): Files {
  return Object.fromEntries(Object.entries(packages).map(([place, version]) => [join(place, 'package.json'), { name: place.replace(/.*node_modules\//, ''), version }]));
}

/** Real packages, linked from where this package has them: Outspan from the workspace. */
export function linked(...names: string[]): Files {
  return Object.fromEntries(names.map((name) => [`node_modules/${name}`, { link: name === '@outspan/node' ? PACKAGE.replace(/\/$/, '') : realpathSync(join(PACKAGE, 'node_modules', name)) }]));
}

/** A package that pnpm has in its store for another package of the workspace. */
export function stored(name: string, version: string): string {
  const store = new URL('../../../../node_modules/.pnpm/', import.meta.url).pathname;
  const folder = join(store, `${name.replace('/', '+')}@${version}`, 'node_modules', name);
  if (!existsSync(folder)) throw new Error(`${name} ${version} is not in the store`);
  return folder;
}

/** How the doctor ended and what came out of it. */
export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The doctor, still at work. */
export interface Visit {
  readonly child: ChildProcess;
  /** Resolves once its output, of either kind, contains `text`. */
  says(text: string): Promise<void>;
  readonly ended: Promise<Said>;
}

/** Nobody listens there. */
const NOWHERE = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OUTSPAN_FLUSH_TIMEOUT: '100' };

/** Starts the doctor in a folder, with nothing of this process's environment but what a process needs. */
export function visit(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}, input?: string): Visit {
  const child = spawn(process.execPath, [CLI, 'doctor', ...args], { cwd: folder, env: { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, ...NOWHERE, ...env }, stdio: ['pipe', 'pipe', 'pipe'], timeout: 55_000 });
  child.stdin?.end(input);
  const said = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const ended = once(child, 'close').then((): Said => ({ code: child.exitCode, ...said }));
  return {
    child,
    ended,
    says: async (text) => {
      while (!`${said.stdout}${said.stderr}`.includes(text)) {
        if (child.exitCode !== null) throw new Error(`ended without saying "${text}": ${said.stdout}${said.stderr}`);
        await Promise.race([once(child.stdout ?? child, 'data'), once(child.stderr ?? child, 'data'), ended]);
      }
    },
  };
}

/** Runs the doctor in a folder to its end. */
export function doctor(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Said> {
  return visit(folder, args, env).ended;
}

/** A report, with the exit code of the doctor. */
export type Reported<Report> = Report & { readonly code: number | null; readonly stderr: string };

/** The report of a doctor that was run with these arguments, as a document. */
export async function reportOf<Report>(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Reported<Report>> {
  const { code, stderr, stdout } = await doctor(folder, ['--json', ...args], env);
  if (!stdout.startsWith('{')) throw new Error(`no document: ${stdout}${stderr}`);
  return { ...JSON.parse(stdout), code, stderr };
}

/** What a report holds besides what differs from machine to machine and from run to run. */
export function steady(text: string, folder: string): string {
  return text
    .replaceAll(folder, '<folder>')
    .replaceAll(/\S*\/node_modules\/\.pnpm\/\S*?node_modules\//g, '<store>/')
    .replaceAll(new URL('../../../', import.meta.url).pathname, '<packages>/')
    .replaceAll(/(Process|process) \d+/g, '$1 <pid>')
    .replaceAll(/after [\d.]+ s/g, 'after <seconds> s')
    .replaceAll(/(@opentelemetry\/\S+|openai|API) \d+\.\d+\.\d+/g, '$1 <version>')
    .replaceAll(/\d+ packages/g, '<some> packages')
    .replaceAll(process.versions.node, '<node>')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>');
}
