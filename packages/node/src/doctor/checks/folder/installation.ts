import type { Check, Finding } from '../../finding.ts';
import type { FolderFacts } from '../../folder/facts.ts';

const NAME = '@outspan/node';

/** Outspan must be installed where the application can load it. */
export const installation: Check<FolderFacts> = {
  name: 'installation',
  find({ installation: kind, manifest, packages, workspace, starts }): readonly Omit<Finding, 'check'>[] {
    if (manifest === undefined || (workspace?.isRoot === true && starts.length === 0)) return [];
    // The check of the runtime reports it.
    if (starts.length > 0 && starts.every(({ command }) => command.kind === 'runtime')) return [];
    if (kind === 'none') return [{ severity: 'problem', says: 'Nothing is installed here: there is neither node_modules nor .pnp.cjs.', fix: 'Install the dependencies first.' }];
    if (!packages.some(({ name }) => name.startsWith('@outspan/'))) return [{ severity: 'problem', says: `${NAME} is not installed where this application can load it.`, fix: `npm install ${NAME} (or the same by your package manager)` }];
    const isForDevelopment = manifest.devDependencies[NAME] !== undefined && manifest.dependencies[NAME] === undefined;
    return isForDevelopment ? [{ severity: 'note', says: `${NAME} is in devDependencies: an installation for production leaves it out.`, fix: 'Move it to dependencies.' }] : [];
  },
};
