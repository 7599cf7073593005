import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ServerEnded, startServer, withFreePorts } from './server.ts';
import { until } from './until.ts';

const SUPERVISOR = fileURLToPath(new URL('supervise.mjs', import.meta.url));
const NODE_SERVER = 'require("node:http").createServer((_, answer) => answer.end()).listen(Number(process.argv[1]), "127.0.0.1", () => console.log("listening"))';

describe('a server for tests', () => {
  it('is reachable once started, keeps its log, and is gone once stopped', async () => {
    const { server, url } = await withFreePorts(1, async ([port]) => {
      const readyUrl = `http://127.0.0.1:${port}/`;
      return { url: readyUrl, server: await startServer({ name: 'a server', binary: process.execPath, args: ['-e', NODE_SERVER, String(port)], readyUrl }) };
    });
    expect((await fetch(url)).status).toBe(200);
    expect(server.logs()).toBe('listening\n');
    await server.stop();
    await server.stop();
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('that ends early fails with its log', async () => {
    const start = startServer({ name: 'a server', binary: process.execPath, args: ['-e', 'console.error("no such file"); process.exit(3)'], readyUrl: 'http://127.0.0.1:1/' });
    await expect(start).rejects.toThrow('a server ended with code 3 before it was ready:\nno such file\n');
  });

  it('is started again with other ports where one was taken meanwhile', async () => {
    const tried: unknown[] = [];
    const started = await withFreePorts(1, async (ports) => {
      tried.push(ports[0]);
      if (tried.length < 3) throw new ServerEnded('a server', 1, 'listen tcp: bind: address already in use');
      return 'started';
    });
    expect(started).toBe('started');
    expect(tried).toHaveLength(3);
  });

  it('ends when the process that started it is killed', async () => {
    const parent = spawn(
      process.execPath,
      ['-e', `require("node:child_process").spawn(process.execPath, [${JSON.stringify(SUPERVISOR)}, process.execPath, "-e", "console.log(process.pid); setInterval(() => {}, 1000)"], { stdio: ["pipe", "inherit", "inherit"] })`],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [said]: unknown[] = await once(parent.stdout.setEncoding('utf8'), 'data');
    const server = Number(said);
    expect(alive(server)).toBe(true);
    parent.kill('SIGKILL');
    await until('the server to end', 10_000, async () => !alive(server));
  });
});

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
