import { parseArgs } from 'node:util';
import { didYouMean } from '../model/near-miss.ts';
import { isOutputKind, OUTPUT_KINDS, type OutputKind } from '../outputs/generators.ts';

/** What the command line asks for. */
export type Arguments =
  | { readonly command: 'help'; readonly text: string }
  | { readonly command: 'init'; readonly file: string }
  | (ModelArguments & { readonly command: 'generate'; readonly out: string; readonly only: readonly OutputKind[] })
  | (ModelArguments & { readonly command: 'check'; readonly out: string | undefined; readonly only: readonly OutputKind[]; readonly prometheus: URL | undefined })
  | (ModelArguments & { readonly command: 'explain'; readonly topic: string | undefined });

/** Which model is meant. */
export interface ModelArguments {
  /** Undefined: {@link MODEL_FILE} if it is there, else the defaults. */
  readonly file: string | undefined;
  readonly timeScale: number;
}

/** The model file when none is named. */
export const MODEL_FILE = 'outspan.slo.yaml';

/** The command line cannot be understood; the message says why, for the one who wrote it. */
export class ArgumentError extends Error {
  override readonly name: string = 'ArgumentError';
}

const OPTIONS = {
  model: { type: 'string' },
  out: { type: 'string' },
  only: { type: 'string' },
  'time-scale': { type: 'string' },
  prometheus: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Option = keyof typeof OPTIONS;
type Values = { readonly [name in Exclude<Option, 'help'>]?: string };

interface Command {
  readonly takes: readonly Option[];
  /** What one more word stands for. */
  readonly word?: string;
  readonly help: string;
  readonly read: (values: Values, word: string | undefined) => Arguments;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  init: {
    takes: ['model'],
    help: `outspan-slo init: writes an ${MODEL_FILE} with every key and what it means. Never overwrites one.

  --model FILE       where to (default ${MODEL_FILE})`,
    read: ({ model = MODEL_FILE }) => ({ command: 'init', file: model }),
  },
  generate: {
    takes: ['model', 'out', 'only', 'time-scale'],
    help: `outspan-slo generate: writes rules, routes, dashboards and runbooks. All of them, or none when anything is wrong.

  --model FILE       the model (default ${MODEL_FILE}; without such a file, the defaults)
  --out DIR          the folder to write to (default slo)
  --only A,B         only some of ${OUTPUT_KINDS.join(', ')}
  --time-scale N     multiply every window and waiting time by N, more than 0 and at most 1: for rehearsals`,
    read: (values) => ({ command: 'generate', ...modelArguments(values), out: values.out ?? 'slo', only: kinds(values.only) }),
  },
  check: {
    takes: ['model', 'out', 'only', 'time-scale', 'prometheus'],
    help: `outspan-slo check: says what is wrong with the model, as file:line:column: message.

  --model FILE       the model (default ${MODEL_FILE}; without such a file, the defaults)
  --out DIR          also say which files of that folder are not as generate would write them
  --only A,B         as for generate
  --time-scale N     as for generate
  --prometheus URL   also ask a Prometheus whether it has the metrics and labels that the rules read`,
    read: (values) => ({ command: 'check', ...modelArguments(values), out: values.out, only: kinds(values.only), prometheus: values.prometheus === undefined ? undefined : url('--prometheus', values.prometheus) }),
  },
  explain: {
    takes: ['model', 'time-scale'],
    word: 'an SLO or an alert',
    help: `outspan-slo explain [SLO | ALERT]: says in plain words what each SLO counts, what its error budget amounts to, and when which alert comes.

  --model FILE       the model (default ${MODEL_FILE}; without such a file, the defaults)
  --time-scale N     as for generate`,
    read: (values, topic) => ({ command: 'explain', ...modelArguments(values), topic }),
  },
};

const HELP = `outspan-slo: SLOs and alerts for LLM calls, from one file.

Usage: outspan-slo COMMAND [options]

  init       write an ${MODEL_FILE} to start from
  generate   write Prometheus rules, Alertmanager routes, Grafana dashboards, runbooks and more
  check      say what is wrong with the model, out of date among the files, or missing in Prometheus
  explain    say in plain words what is counted and when which alert comes

outspan-slo COMMAND --help says more. Exit codes: 0; 1 for a problem in the model, the files or Prometheus; 2 for a command line that cannot be understood.`;

/**
 * Reads the command line.
 * @throws ArgumentError
 */
export function readArguments(argv: readonly string[]): Arguments {
  const [name, ...rest] = argv;
  if (name === undefined) throw new ArgumentError(`which command? There is ${Object.keys(COMMANDS).join(', ')}`);
  if (name === '--help' || name === '-h' || name === 'help') return { command: 'help', text: HELP };
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw new ArgumentError(`there is no command '${name}'${didYouMean(name, Object.keys(COMMANDS))}`);
  const { values, positionals } = understood(rest);
  if (values.help === true) return { command: 'help', text: command.help };
  const stray = Object.keys(values).find((option) => !command.takes.some((known) => known === option));
  if (stray !== undefined) throw new ArgumentError(`${name} takes no --${stray}`);
  const [word, ...more] = positionals;
  const extra = command.word === undefined ? word : more[0];
  if (extra !== undefined) throw new ArgumentError(`${name} takes ${command.word === undefined ? 'no words' : `one word, ${command.word}`}: what is '${extra}'?`);
  return command.read(values, word);
}

function understood(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new ArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function modelArguments(values: Values): ModelArguments {
  const text = values['time-scale'];
  const timeScale = text === undefined ? 1 : /^[0-9.]+(?:e-?[0-9]+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(timeScale > 0 && timeScale <= 1)) throw new ArgumentError(`--time-scale ${text}: expected a number above 0 and up to 1`);
  return { file: values.model, timeScale };
}

function kinds(text: string | undefined): readonly OutputKind[] {
  if (text === undefined) return OUTPUT_KINDS;
  return text.split(',').map((name) => {
    if (!isOutputKind(name)) throw new ArgumentError(`--only ${text}: there is no '${name}'${didYouMean(name, OUTPUT_KINDS) || `, but ${OUTPUT_KINDS.join(', ')}`}`);
    return name;
  });
}

function url(option: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new ArgumentError(`${option} ${text}: expected an http or https URL`);
  return url;
}
