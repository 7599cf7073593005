import type { Check, Finding } from '../../finding.ts';
import type { FolderFacts } from '../../folder/facts.ts';
import type { ExaminedStart } from '../../folder/starts.ts';
import { lineWith, wordsWith, type Entry } from '../../starts/insert.ts';

/** The entry to import: `register` starts an OpenTelemetry SDK, which an application with its own must not. */
export function entryFor(hasOwnSdk: boolean): Entry {
  return hasOwnSdk ? '@outspan/node/instrument' : '@outspan/node/register';
}

/** The place of a command, for a reader. */
export function placed({ place }: ExaminedStart): string {
  return place.line === undefined ? `${place.file}, ${place.name}` : `${place.file}, line ${place.line}`;
}

/** The line that replaces the one in its place. */
export function lineToWrite(start: ExaminedStart, entry: Entry): string {
  const { command, line, place, words } = start;
  if (command.kind === 'server' && command.fix !== undefined) return command.fix;
  if (place.file === 'package.json') {
    const changed = lineWith(line, command, entry) ?? `NODE_OPTIONS="--import ${entry}" ${line}`;
    return `"${place.name.replace(/^scripts\./, '')}": ${JSON.stringify(changed)}`;
  }
  if (place.file === 'Procfile') return `${place.name}: ${lineWith(line, command, entry) ?? `NODE_OPTIONS="--import ${entry}" ${line}`}`;
  const changed = words === undefined ? undefined : wordsWith(words, command, entry);
  if (changed !== undefined) return `${place.name} ${JSON.stringify(changed).replaceAll('","', '", "')}`;
  return `ENV NODE_OPTIONS="--import ${entry}"`;
}

/** Whether a start may make LLM calls: it uses an SDK, or no start is known to use one. */
function matters({ usesSdk }: ExaminedStart, starts: readonly ExaminedStart[]): boolean {
  return usesSdk !== false || !starts.some((other) => other.usesSdk === true);
}

/** Every command that starts the application must bring Outspan in. */
export const imports: Check<FolderFacts> = {
  name: 'import',
  find({ manifest, ownSdks, starts, workspace, marks }): readonly Omit<Finding, 'check'>[] {
    if (starts.length === 0) {
      if (manifest === undefined || workspace?.isRoot === true || marks.bun !== undefined || marks.deno !== undefined) return [];
      return [{ severity: 'unknown', says: 'No command that starts the application was found in package.json, Dockerfile or Procfile. Whether it imports Outspan is unknown.', fix: 'Have the doctor start it: npx @outspan/node doctor -- node app.js' }];
    }
    const entry = entryFor(ownSdks.length > 0);
    const carried = starts.filter(({ outspan }) => outspan.state === 'yes');
    return starts.flatMap((start): Omit<Finding, 'check'>[] => {
      const { command, outspan, place, use } = start;
      if (outspan.state !== 'no' || (command.kind !== 'node' && command.kind !== 'server') || !matters(start, starts)) return [];
      // Another command imports it for the same script, or for production.
      const isElsewhere = carried.some((other) => (other.place.file === place.file && other.place.name === place.name) || (use === 'development' && other.use === 'production'));
      return [{ severity: isElsewhere ? 'note' : 'problem', says: `${placed(start)}: \`${start.line}\` does not import Outspan, so nothing is recorded.`, fix: `${placed(start)}: ${lineToWrite(start, entry)}` }];
    });
  },
};
