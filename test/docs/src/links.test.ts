import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DOCUMENTS, ROOT } from './documents.ts';
import { anchors, links } from './markdown.ts';

/** Why a link leads nowhere, or undefined. */
function broken(from: string, target: string): string | undefined {
  if (/^https?:/.test(target)) return URL.canParse(target) ? undefined : 'is no URL';
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? from : normalize(join(dirname(from), path));
  if (file.startsWith('..')) return 'leads out of the repository';
  if (!existsSync(join(ROOT, file))) return 'leads nowhere';
  if (anchor !== undefined && !anchors(readFileSync(join(ROOT, file), 'utf8')).includes(anchor)) return 'leads to no heading';
  return undefined;
}

describe('the links', () => {
  it.each(DOCUMENTS)('of $path lead somewhere', ({ path, text }) => {
    const wrong = links(text).flatMap((target) => {
      const why = broken(path, target);
      return why === undefined ? [] : [`${target} ${why}`];
    });
    expect(wrong).toEqual([]);
  });

  it('would be found broken', () => {
    expect(broken('README.md', 'docs/nowhere.md')).toBe('leads nowhere');
    expect(broken('docs/privacy.md', '../README.md#nothing-of-the-kind')).toBe('leads to no heading');
    expect(broken('README.md', 'docs/privacy.md#the-redaction-hook')).toBeUndefined();
  });
});
