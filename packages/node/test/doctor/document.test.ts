import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FOLDER_CHECKS } from '../../src/doctor/checks/folder/table.ts';
import { RUN_CHECKS } from '../../src/doctor/checks/run/table.ts';

const DOCUMENT = readFileSync(new URL('../../../../docs/doctor.md', import.meta.url), 'utf8');

function namesUnder(heading: string): string[] {
  const [, section = ''] = DOCUMENT.split(`## ${heading}\n`);
  return [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name = '']) => name);
}

it.each([
  ['Checks of a run', RUN_CHECKS],
  ['Checks of a folder', FOLDER_CHECKS],
] as const)('docs/doctor.md lists the %s, in their order', (heading, checks) => {
  expect(namesUnder(heading)).toEqual(checks.map(({ name }) => name));
});
