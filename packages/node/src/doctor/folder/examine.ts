import manifest from '../../../package.json' with { type: 'json' };
import { FOLDER_CHECKS } from '../checks/folder/table.ts';
import { findingsOf, sorted } from '../finding.ts';
import type { FolderReport, ReportedStart } from '../report.ts';
import { gatherFolder, type Examination } from './gather.ts';
import type { ExaminedStart } from './starts.ts';

const WORDS: Readonly<Record<string, string>> = { node: 'Node.js', server: 'Node.js' };

function reported({ command, line, outspan, place }: ExaminedStart): ReportedStart {
  return {
    file: place.file,
    name: place.name,
    line,
    runtime: command.kind === 'runtime' ? command.name : (WORDS[command.kind] ?? 'unknown'),
    outspan: outspan.state === 'yes' ? outspan.entry : outspan.state === 'maybe' || command.kind === 'unknown' ? 'unknown' : 'none',
  };
}

/** Looks at an application's folder, without running it, and at the variables that its process would have. */
export async function examineFolder(examination: Examination): Promise<FolderReport> {
  const facts = await gatherFolder(examination);
  const { exports, folder, installation, node, others, ownSdks, packages, sdks, starts, workspace } = facts;
  return {
    schema: 'outspan.doctor.folder/1',
    version: manifest.version,
    folder,
    node,
    installation,
    ...(workspace !== undefined && { workspace: workspace.root }),
    starts: starts.map(reported),
    sdks,
    others,
    packages,
    ownSdks,
    ...(exports !== undefined && { exports: exports.settings, patience: exports.patience }),
    ...sorted(findingsOf(FOLDER_CHECKS, facts)),
  };
}
