import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text as read } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { document, ROOT } from './documents.ts';

const { blocks } = document('README.md');

function shown(mark: string): string {
  const block = blocks.find((candidate) => candidate.mark === mark);
  if (block === undefined) throw new Error(`the README has no block that is marked '${mark}'`);
  return block.code.trimEnd();
}

/** What is the same in every run: no durations, no ids, and no sizes of answers that the SDK turned away from before they were whole. */
function normalised(tree: string): string {
  return tree
    .replaceAll(/\b\d+(?:\.\d+)? m?s\b/g, 'TIME')
    .replaceAll(/\breq_[0-9a-f]+/g, 'ID')
    .replaceAll(/(?<=^[├└]─ \d+ {2}[45]\d\d .*TIME) {2}\d.*$/gm, '');
}

describe('the README’s demo', () => {
  let stdout = '';
  let stderr = '';
  beforeAll(async () => {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:OTEL|OUTSPAN|FORCE_COLOR)/.test(name)));
    const child = spawn(process.execPath, ['run.mjs'], { cwd: join(ROOT, 'examples/demo'), env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 50_000 });
    [stdout, stderr] = await Promise.all([read(child.stdout), read(child.stderr), once(child, 'exit')]);
  });

  it('has the table that it prints', () => {
    expect(stdout.trim()).toBe(shown('demo table'));
  });

  it('has two of the trees that it prints', () => {
    const printed = normalised(stderr).split(/\n(?=[✓✗◌])/);
    for (const tree of normalised(shown('demo trees')).split(/\n(?=[✓✗◌])/)) expect(printed.map((block) => block.trim())).toContain(tree);
  });
});
