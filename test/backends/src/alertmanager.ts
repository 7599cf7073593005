import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startServer, withFreePorts, type Server } from './server.ts';

/** A running Alertmanager. */
export interface Alertmanager extends Server {
  /** Its API, `http://127.0.0.1:…`. */
  readonly url: string;
}

/**
 * Starts Alertmanager on a free port of 127.0.0.1.
 * @param files its configuration and templates: path → text; `alertmanager.yaml` is the configuration
 */
export async function startAlertmanager(binary: string, files: Readonly<Record<string, string>>): Promise<Alertmanager> {
  const folder = await mkdtemp(join(tmpdir(), 'outspan-alertmanager-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return withFreePorts(1, async ([port]) => {
    const url = `http://127.0.0.1:${port}`;
    const server = await startServer({
      name: 'Alertmanager',
      binary,
      args: [`--config.file=${join(folder, 'alertmanager.yaml')}`, `--storage.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='],
      readyUrl: `${url}/-/ready`,
    });
    return {
      ...server,
      url,
      stop: async () => {
        await server.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  });
}
