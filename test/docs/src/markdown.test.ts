import { describe, expect, it } from 'vitest';
import { readMark } from './mark.ts';
import { anchors, blocksOf, section, tableRows } from './markdown.ts';

describe('reading Markdown', () => {
  it('gives each block its language, its code and its mark, also where it is indented', () => {
    const text = ['<!-- test: run -->', '```sh', 'ls', '```', '- an item', '  ```js', '  if (a) {', '    b();', '  ```'].join('\n');
    expect(blocksOf(text)).toEqual([
      { language: 'sh', code: 'ls\n', mark: 'run', line: 2 },
      { language: 'js', code: 'if (a) {\n  b();\n', mark: undefined, line: 6 },
    ]);
  });

  it('gives a section up to the next heading of its level, and the rows of its table', () => {
    const text = '# A\n## B\n| x | y |\n| --- | --- |\n| 1 | 2 |\n### C\n| 3 |\n## D\n| 4 |\n';
    expect(tableRows(section(text, 'B')).slice(0, 1)).toEqual([['1', '2']]);
    expect(section(text, 'B')).not.toContain('4');
  });

  it('makes anchors as renderers do, and none of what is in a block', () => {
    expect(anchors('## What cannot be known\n```sh\n# not a heading\n```\n## `native`, 2\n')).toEqual(['what-cannot-be-known', 'native-2']);
  });
});

describe('a mark', () => {
  it.each([
    ['run', { do: 'run', prints: [], printsNot: [] }],
    ['run prints "a b" and no "c"', { do: 'run', prints: ['a b'], printsNot: ['c'] }],
    ['run with the backend at http://localhost:4318', { do: 'run', prints: [], printsNot: [], backend: 'http://localhost:4318' }],
    ['run prints "a" with the backend at http://b', { do: 'run', prints: ['a'], printsNot: [], backend: 'http://b' }],
    ['run until "Listening"', { do: 'run', prints: [], printsNot: [], until: 'Listening' }],
    ['file app.mjs', { do: 'file', name: 'app.mjs' }],
    ['skip because it needs Docker', { do: 'skip', why: 'it needs Docker' }],
  ])('%s is understood', (text, mark) => {
    expect(readMark(text)).toEqual(mark);
  });

  it.each(['skip', 'skip because no', 'run quickly', 'runs', 'prints "a"', 'file ../app.mjs'])('%s is refused', (text) => {
    expect(() => readMark(text)).toThrow('cannot read the mark');
  });
});
