import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The packages whose classes are ours. */
const PACKAGES = ['@outspan/core', '@outspan/instrumentation-undici', '@outspan/instrumentation-openai', '@outspan/node/instrument'];

/** As the builds write them: `class Name`, or `const Name = class`. */
const CLASS = /(?:^|\s)class (\w+)|(?:const|let|var) (\w+) = class\b/g;

/** The name of every class in our builds. */
export function ownClasses(): readonly string[] {
  const names = PACKAGES.flatMap((name) => [...readFileSync(fileURLToPath(import.meta.resolve(name)), 'utf8').matchAll(CLASS)].map(([, plain, assigned]) => plain ?? assigned ?? ''));
  return [...new Set(names)].filter((name) => /^[A-Z]/.test(name)).toSorted();
}

interface Snapshot {
  readonly snapshot: { readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly [readonly string[], ...unknown[]] } };
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
}

/** How many objects of each of these classes a heap snapshot holds. */
export function countInstances(file: string, classes: readonly string[]): Readonly<Record<string, number>> {
  const { snapshot, nodes, strings }: Snapshot = JSON.parse(readFileSync(file, 'utf8'));
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [typeAt, nameAt] = [fields.indexOf('type'), fields.indexOf('name')];
  const object = types[0].indexOf('object');
  const counts = new Map(classes.map((name) => [strings.indexOf(name), { name, count: 0 }]));
  for (let node = 0; node < nodes.length; node += fields.length) {
    if (nodes[node + typeAt] !== object) continue;
    const of = counts.get(nodes[node + nameAt] ?? -1);
    if (of !== undefined) of.count++;
  }
  const found = new Map([...counts.values()].map(({ name, count }) => [name, count]));
  return Object.fromEntries(classes.map((name) => [name, found.get(name) ?? 0]));
}
