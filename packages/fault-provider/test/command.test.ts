import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const command = fileURLToPath(new URL('../dist/cli.mjs', import.meta.url));

async function exitOf(child: ChildProcess): Promise<unknown> {
  const [code] = await once(child, 'exit');
  return code;
}

describe('the built package', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('has a command that %s stops', async (signal) => {
    const child = spawn(process.execPath, [command, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await exitOf(child)).toBe(0);
  });

  it('has a command that exits with 2 for arguments it does not understand', async () => {
    const child = spawn(process.execPath, [command, '--nonsense'], { stdio: 'ignore' });
    expect(await exitOf(child)).toBe(2);
  });

  it('exports the same names to import and to require', async () => {
    const imported: object = await import('@outspan/fault-provider');
    const required: unknown = createRequire(import.meta.url)('@outspan/fault-provider');
    expect(Object.keys(Object(required)).filter((name) => name !== '__esModule').toSorted()).toEqual(Object.keys(imported).filter((name) => name !== 'default' && name !== 'module.exports').toSorted());
    expect(Object.keys(imported)).toContain('startFaultProvider');
  });
});
