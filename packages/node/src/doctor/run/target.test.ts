import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import type { Manifest } from '../folder/manifest.ts';
import { targetOf, withoutArguments } from './target.ts';

const manifest: Manifest = { name: 'app', version: undefined, type: 'commonjs', scripts: { start: 'node app.js --key=sk-1' }, dependencies: {}, devDependencies: {}, peerDependencies: {}, optionalDependencies: {}, hasWorkspaces: false };
const NOWHERE = '/nowhere/at/all';

it('takes the name of a script for that script, by the package manager', () => {
  expect(targetOf(['start', '--port', '1'], NOWHERE, manifest)).toMatchObject({ program: 'npm', args: ['run', '--silent', 'start', '--', '--port', '1'], script: 'start', line: 'node app.js --key=sk-1', command: { kind: 'node', entry: 'app.js' } });
});

it('takes anything else for a command', () => {
  expect(targetOf(['node', 'my app.js'], NOWHERE, manifest)).toMatchObject({ program: 'node', args: ['my app.js'], script: undefined, line: "node 'my app.js'", command: { kind: 'node', entry: 'my app.js', optionsAt: 4 } });
  expect(targetOf(['start'], NOWHERE, undefined)).toMatchObject({ program: 'start', script: undefined });
  expect(targetOf([], NOWHERE, manifest)).toBeUndefined();
});

it('shows no argument of the application', () => {
  const shown = (...words: string[]) => {
    const target = targetOf(words, NOWHERE, manifest);
    return target && withoutArguments(target);
  };
  expect(shown('node', '--import', 'x', 'app.js', '--key=sk-1')).toBe('node --import x app.js …');
  expect(shown('start')).toBe('node app.js …');
  expect(shown('node', 'app.js')).toBe('node app.js');
  expect(shown('sh', '-c', 'echo')).toBe('sh -c echo');
});

it('runs a script by the package manager of the next lockfile, or else by npm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'outspan-target-'));
  try {
    for (const file of ['pnpm-lock.yaml', 'app/package-lock.json', 'bin/pnpm']) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
    const program = (path: string, inside = '') => targetOf(['start'], join(folder, inside), manifest, path)?.program;
    expect([program(join(folder, 'bin')), program('/nowhere'), program(join(folder, 'bin'), 'app')]).toEqual(['pnpm', 'npm', 'npm']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
