import { parseArgs } from 'node:util';
import { unsupportedNodeMessage } from '../node-version.ts';
import { examineFolder } from './folder/examine.ts';
import { renderFolder } from './render/folder.ts';
import { renderRun } from './render/run.ts';
import type { Findings } from './report.ts';
import { examineRun } from './run/examine.ts';

/** The oldest major version of Node.js that the doctor itself runs on. */
const OLDEST_MAJOR = 20;

/** Seconds that an application runs if nobody says for how long. */
const DEFAULT_SECONDS = 30;

const USAGE = `Usage: npx @outspan/node doctor [--json] [--offline]
       npx @outspan/node doctor [--json] [--offline] [--for SECONDS] -- COMMAND

Says what of the application in this folder will be traced, and whether its telemetry arrives.
With a command, or the name of a script of package.json, it starts the application as it is and
says what was traced: npx @outspan/node doctor -- node app.js

  --json         the same as one JSON document. Output of the application goes to standard error
  --offline      do not ask the backends
  --for SECONDS  stop the application after that long (default: ${DEFAULT_SECONDS}); Ctrl+C stops it sooner

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

interface Options {
  readonly json: boolean;
  readonly offline: boolean;
  readonly help: boolean;
  readonly seconds: number;
  /** The command to run; undefined to look at the folder only. */
  readonly words: readonly string[] | undefined;
}

function parsed(args: readonly string[]): Options | undefined {
  const at = args.indexOf('--');
  const words = at < 0 ? undefined : args.slice(at + 1);
  try {
    const { values, positionals } = parseArgs({
      args: at < 0 ? [...args] : args.slice(0, at),
      allowPositionals: true,
      options: { json: { type: 'boolean' }, offline: { type: 'boolean' }, for: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    const seconds = values.for === undefined ? DEFAULT_SECONDS : Number(values.for);
    const isSensible = positionals.length === 1 && positionals[0] === 'doctor' && seconds > 0 && Number.isFinite(seconds) && words?.length !== 0 && (values.for === undefined || words !== undefined);
    if (values.help !== true && !isSensible) return undefined;
    return { json: values.json === true, offline: values.offline === true, help: values.help === true, seconds, words };
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
  if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
    err(unsupportedNodeMessage(version));
    return 1;
  }
  const { json, offline, seconds, words } = options;
  const show = <Report extends Findings>(report: Report, render: (report: Report) => string[]): number => {
    out(json ? JSON.stringify(report, null, 2) : render(report).join('\n'));
    return report.problems.length === 0 ? 0 : 1;
  };
  if (words === undefined) return show(await examineFolder({ folder, environment, version, asks: !offline }), renderFolder);
  const report = await examineRun({ folder, environment, words, seconds, asks: !offline, keepsOutput: json });
  if ('failed' in report) {
    err(`outspan: ${report.failed}`);
    return 2;
  }
  return show(report, renderRun);
}
