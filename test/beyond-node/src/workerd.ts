import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundle } from './bundle.ts';
import { PACKAGE, start, written } from './process.ts';

/** A worker that is served. */
export interface Worker {
  readonly url: string;
  readonly written: { readonly stdout: string; readonly stderr: string };
  stop(): void;
}

const config = (flags: readonly string[], bindings: Readonly<Record<string, string>>): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "net", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
  compatibilityDate = "2026-01-01",
  compatibilityFlags = [${flags.map((flag) => `"${flag}"`).join(', ')}],
  bindings = [${Object.entries(bindings)
    .map(([name, text]) => `(name = "${name}", text = "${text}")`)
    .join(', ')}],
  globalOutbound = "net",
);
`;

/**
 * Serves a worker.
 *
 * @param entry relative to the package
 * @param flags compatibility flags
 * @param bindings texts of its environment
 */
export async function serve(workerd: string, entry: string, flags: readonly string[] = ['nodejs_compat'], bindings: Readonly<Record<string, string>> = {}): Promise<Worker> {
  await mkdir(join(PACKAGE, 'dist'), { recursive: true });
  const folder = await mkdtemp(join(PACKAGE, 'dist', 'worker-'));
  await bundle(entry, join(folder, 'worker.mjs'), { format: 'esm', conditions: ['workerd', 'worker', 'browser'] });
  const file = join(folder, 'config.capnp');
  await writeFile(file, config(flags, bindings));
  const child = start([workerd, 'serve', file, '--control-fd=1'], {});
  const all = written(child);
  const port = await new Promise<number>((resolve, reject) => {
    const listening = (): void => {
      const found = /"event":"listen","socket":"http","port":(\d+)/.exec(all.stdout)?.[1];
      if (found !== undefined) resolve(Number(found));
    };
    child.stdout?.on('data', listening);
    child.once('exit', (code) => reject(new Error(`workerd exited with ${code} in ${dirname(file)}: ${all.stderr}`)));
  });
  // It has read them.
  await rm(folder, { recursive: true });
  return { url: `http://127.0.0.1:${port}`, written: all, stop: () => void child.kill('SIGKILL') };
}
