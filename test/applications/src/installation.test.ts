import { describe, expect, inject, it } from 'vitest';
import { EVERYTHING, ready } from './check.ts';
import { installed } from './installed/install.ts';
import { recordSafety } from './safety-rows.ts';
import { LONG_TREES, TREES } from './trees.ts';

recordSafety('installation', 'Outspan is added to a tree', 'no conflict, no problem that `npm ls` knows, no second SDK, and no package in two versions of ours');

/** What an application must not have twice because of us. */
const SDK = ['@opentelemetry/sdk-node', '@opentelemetry/instrumentation'];

/** How package managers speak of packages that do not fit together. */
const CONFLICT = /ERESOLVE|Issues with peer dependencies|(?:unmet|incorrect) peer|@outspan.*(?:isn't provided|is not met|doesn't provide)/i;

/** Every tree that is asked for. */
const ALL = EVERYTHING ? [...TREES, ...LONG_TREES] : TREES;

describe.for(ALL.map((tree) => [tree.name, tree] as const))('Outspan added to a tree with %s', ([, tree]) => {
  it('installs without a conflict', async ({ task }) => {
    task.meta.tree = tree.name;
    const { before, after } = await installed(tree, inject('served'));
    expect(before.managed.code).toBe(0);
    const said = new Set(before.managed.output.split('\n'));
    expect(after.managed.output.split('\n').filter((line) => CONFLICT.test(line) && !said.has(line))).toEqual(tree.conflicts ?? []);
    expect(after.managed.code).toBe(0);
  });

});

/** Trees that `npm ls` can tell of. */
const LISTED = ALL.filter(({ manager = 'npm' }) => manager === 'npm');

describe.for(LISTED.map((tree) => [tree.name, tree] as const))('Outspan in a tree with %s', ([, tree]) => {
  it('brings no problem that `npm ls` knows', async ({ task }) => {
    task.meta.tree = tree.name;
    const { before, after } = await ready(tree);
    expect(after.managed.problems.filter((problem) => !before.managed.problems.includes(problem))).toEqual([]);
  });

  it('brings at most one version of each package', async ({ task }) => {
    task.meta.tree = tree.name;
    const { before, after } = await ready(tree);
    const brought = Object.entries(after.managed.versions).map(([name, versions]) => [name, versions.filter((version) => !(before.managed.versions[name] ?? []).includes(version))] as const);
    expect(brought.filter(([, versions]) => versions.length > 1)).toEqual([]);
  });
});

describe.for(LISTED.filter(({ dependencies }) => '@opentelemetry/sdk-node' in dependencies).map((tree) => [tree.name, tree] as const))('the SDK in a tree with %s', ([, tree]) => {
  it.for(SDK)('is used by Outspan: there is no other %s', async (name, { task }) => {
    task.meta.tree = tree.name;
    const { before, after } = await ready(tree);
    expect(after.managed.versions[name]).toEqual(before.managed.versions[name]);
  });
});
