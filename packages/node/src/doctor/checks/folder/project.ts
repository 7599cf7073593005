import type { Check } from '../../finding.ts';
import type { FolderFacts } from '../../folder/facts.ts';

/** The folder must be that of an application. */
export const project: Check<FolderFacts> = {
  name: 'project',
  find({ manifest, marks, starts, workspace }) {
    if (workspace?.isRoot === true && starts.length === 0) return [{ severity: 'unknown', says: 'This is the root of a workspace. Nothing here starts an application.', fix: 'Run the doctor in the folder of the package that you start.' }];
    return manifest === undefined && marks.deno === undefined ? [{ severity: 'unknown', says: 'There is no package.json here, so the doctor cannot tell how the application starts.', fix: 'Run the doctor in the folder of an application, or have it start the application: npx @outspan/node doctor -- node app.js' }] : [];
  },
};
