import { OutputError } from '../outputs/output-error.ts';
import { ArgumentError, type Arguments, readArguments } from './arguments.ts';
import { check } from './check.ts';
import { type Console, Failure } from './console.ts';
import { explain } from './explain.ts';
import { generateFiles } from './generate.ts';
import { init } from './init.ts';

/**
 * The command `outspan-slo`.
 * @returns its exit code: 0, 1 for a problem in the model, the files or Prometheus, 2 for a command line that cannot be understood
 */
export async function run(argv: readonly string[], console: Console): Promise<number> {
  try {
    await obey(readArguments(argv), console);
    return 0;
  } catch (error) {
    if (error instanceof ArgumentError) {
      console.err(`outspan-slo: ${error.message}`);
      console.err('Try outspan-slo --help.');
      return 2;
    }
    if (error instanceof Failure) for (const line of error.lines) console.err(line);
    else if (error instanceof OutputError) console.err(`outspan-slo: ${error.message}`);
    else throw error;
    return 1;
  }
}

async function obey(given: Arguments, console: Console): Promise<void> {
  switch (given.command) {
    case 'help':
      return console.out(given.text);
    case 'init':
      return init(given.file, console);
    case 'generate':
      return generateFiles(given, console);
    case 'check':
      return check(given, console);
    case 'explain':
      return explain(given, console);
  }
}
