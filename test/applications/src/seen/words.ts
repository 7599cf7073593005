/** What Outspan may have to say. */
export type Word =
  | 'started (OUTSPAN_LOG=info)'
  | 'no tracer provider records'
  | 'a provider is registered already'
  | 'two SDKs'
  | 'openai is not hooked'
  | 'log records are not exported'
  | 'the tree is not printed';

/** The lines that Outspan may write to standard error. A pattern matches the meaning of a line, and not its exact wording. */
export const WORDS: Readonly<Record<Word, RegExp>> = {
  'started (OUTSPAN_LOG=info)': /\boutspan v?\d+\.\d+/i,
  'a provider is registered already': /a tracer provider is already registered/,
  'no tracer provider records': /no (?:OpenTelemetry )?(?:SDK|tracer provider|provider)\b|not recorded|nothing is recorded/i,
  'two SDKs': /two (?:OpenTelemetry )?SDKs|an? (?:second|other) (?:OpenTelemetry )?SDK|SDK of its own/i,
  'openai is not hooked': /The OpenAI SDK is in use but is not hooked/,
  'log records are not exported': /needs @opentelemetry\/api 1\.10 and finds .*: log records are not exported/,
  'the tree is not printed': /OUTSPAN_CONSOLE/,
};

const OURS = /^\[?(?:opentelemetry|outspan)\b/i;
/** A call as OUTSPAN_CONSOLE=tree prints it. */
const TREE = /^(?:[✓✗■│├└]|\s{2}·)/u;

function isWord(name: string): name is Word {
  return name in WORDS;
}

/** What an application's standard error holds. */
export interface Said {
  /** The lines that are not ours. */
  readonly foreign: readonly string[];
  /** Ours, by name where it is one of the words, else as they are. */
  readonly ours: readonly string[];
  /** The lines of the tree on the console. */
  readonly tree: readonly string[];
}

/** Takes the lines of standard error apart. */
export function said(stderr: string): Said {
  const lines = stderr.split('\n').filter((line) => line !== '');
  const ours = lines.filter((line) => OURS.test(line));
  const tree = lines.filter((line) => TREE.test(line));
  return {
    foreign: lines
      .filter((line) => !OURS.test(line) && !TREE.test(line))
      .map((line) => line.replace(/^\(node:\d+\)/, '(node)')),
    ours: ours.map((line) => Object.keys(WORDS).filter(isWord).find((name) => WORDS[name].test(line)) ?? line).sort(),
    tree,
  };
}
