import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestOf, PACKAGES, ROOT, type Manifest } from './repository.ts';

const scripts = ({ scripts = {} }: Manifest): ReadonlySet<string> => new Set(Object.keys(scripts));

/** The workspace's packages by name. */
const WORKSPACE: ReadonlyMap<string, Manifest> = new Map(
  [
    ...PACKAGES.map(({ manifest }) => manifest),
    ...['test', 'examples'].flatMap((parent) =>
      readdirSync(join(ROOT, parent))
        .map((folder) => join(ROOT, parent, folder))
        .filter((folder) => existsSync(join(folder, 'package.json')))
        .map(manifestOf),
    ),
  ].map((manifest) => [manifest.name, manifest]),
);

/** What pnpm's `--filter` takes: a name, or a folder that begins with a dot. */
function filtered(name: string): Manifest | undefined {
  if (!name.startsWith('./')) return WORKSPACE.get(name);
  return existsSync(join(ROOT, name, 'package.json')) ? manifestOf(join(ROOT, name)) : undefined;
}

function testProjects(): ReadonlySet<string> {
  const configs = ['vitest.config.ts', ...readdirSync(join(ROOT, 'test')).map((name) => `test/${name}/vitest.config.ts`)].filter((path) => existsSync(join(ROOT, path)));
  return new Set(configs.flatMap((path) => [...readFileSync(join(ROOT, path), 'utf8').matchAll(/\bname: '([\w-]+)'/g)].map(([, name = '']) => name)));
}

/** What names something that must exist, by how a command begins. `undefined`: it does. */
const FORMS: readonly { readonly form: RegExp; readonly missing: (...parts: string[]) => string | undefined }[] = [
  { form: /^npm (?:run )?(test)\b/, missing: () => undefined },
  { form: /^npm run ([\w:-]+)/, missing: (script) => (scripts(manifestOf(ROOT)).has(script ?? '') ? undefined : `there is no script '${script}'`) },
  { form: /^(?:npx )?pnpm --filter (\S+) (?:run )?([\w:-]+)/, missing: (name = '', script = '') => (scripts(filtered(name) ?? { name: '', version: '' }).has(script) ? undefined : `there is no script '${script}' in '${name}'`) },
  { form: /^npx vitest run(?: |$)/, missing: () => undefined },
  { form: /^node (?:--\S+ )*(\S+)/, missing: (file = '') => (existsSync(join(ROOT, file)) ? undefined : `there is no file '${file}'`) },
  { form: /^(\.ci\/run)/, missing: (file = '') => (existsSync(join(ROOT, file)) ? undefined : `there is no file '${file}'`) },
];

const VARIABLES = /^(?:[A-Z][A-Z0-9_]*=\S* +)+/;
const FILE = /(?:^|[\s=])((?:packages|test|examples|docs|scripts|\.ci)\/[\w./-]+)/g;

/** What a command names that does not exist, in words; empty where all of it does. */
export function missingIn(command: string): string[] {
  const projects = testProjects();
  return command.split(/ (?:&&|;) /).flatMap((one) => {
    const bare = one.trim().replace(VARIABLES, '');
    const match = FORMS.map(({ form, missing }) => ({ parts: form.exec(bare), missing })).find(({ parts }) => parts !== null);
    if (match === undefined) return [`'${bare}' is no command that is known here`];
    const [, ...parts] = match.parts ?? [];
    const unknownProjects = [...bare.matchAll(/--project[ =]([\w-]+)/g)].flatMap(([, project = '']) => (projects.has(project) ? [] : [`there is no test project '${project}'`]));
    const noFiles = [...bare.matchAll(FILE)].flatMap(([, file = '']) => (existsSync(join(ROOT, file)) ? [] : [`there is no file '${file}'`]));
    const missing = match.missing(...parts);
    return [...new Set([...(missing === undefined ? [] : [missing]), ...unknownProjects, ...noFiles])];
  });
}
