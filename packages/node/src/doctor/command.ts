import { parseArgs } from 'node:util';
import { examine } from './examine.ts';
import { render } from './render.ts';

const USAGE = `Usage: npx @outspan/node doctor [--json] [--offline]

Says what of the application in this folder will be traced, and whether its telemetry arrives.

  --json     the same as one JSON document
  --offline  do not ask the backends

Exit code: 0 where there is no problem, 1 where there is one, 2 for a command that makes no sense.`;

/** What a command has of its surroundings. */
export interface Surroundings {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Of Node.js. */
  readonly version: string;
}

function parsed(args: readonly string[]): { readonly json: boolean; readonly offline: boolean; readonly help: boolean } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, offline: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help !== true && (positionals.length !== 1 || positionals[0] !== 'doctor')) return undefined;
    return { json: values.json === true, offline: values.offline === true, help: values.help === true };
  } catch {
    return undefined;
  }
}

/** Runs the package's command; resolves with the exit code. */
export async function run(args: readonly string[], { out, err, folder, environment, version }: Surroundings): Promise<number> {
  const options = parsed(args);
  if (options === undefined) {
    err(USAGE);
    return 2;
  }
  if (options.help) {
    out(USAGE);
    return 0;
  }
  const diagnosis = await examine({ folder, environment, version, asks: !options.offline });
  out(options.json ? JSON.stringify(diagnosis, null, 2) : render(diagnosis).join('\n'));
  return diagnosis.problems.length === 0 ? 0 : 1;
}
