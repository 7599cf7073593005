/** A word of a command line, without its quotes. */
export interface Word {
  readonly text: string;
  /** Where it ends in the line. */
  readonly end: number;
}

const QUOTES = new Set(['"', "'"]);
/** What stands between commands. */
const SEPARATOR = /^(?:&&|\|\||[;&|\n])/;

/** Reads a quoted part that begins at `start`: its text and where it ends. */
function quoted(line: string, start: number): { readonly text: string; readonly end: number } {
  const quote = line[start];
  let text = '';
  let at = start + 1;
  for (; at < line.length && line[at] !== quote; at++) {
    if (line[at] === '\\' && quote === '"') at++;
    text += line[at] ?? '';
  }
  return { text, end: at + 1 };
}

/**
 * Splits a shell's line into commands, and these into words. Quotes and backslashes count as in a shell; variables and
 * substitutions stay as they are written.
 */
export function commandsIn(line: string): Word[][] {
  const commands: Word[][] = [];
  let words: Word[] = [];
  let text: string | undefined;
  const endWord = (end: number): void => {
    if (text !== undefined) words.push({ text, end });
    text = undefined;
  };
  let at = 0;
  while (at < line.length) {
    const char = line[at] ?? '';
    const [separator] = SEPARATOR.exec(line.slice(at)) ?? [];
    if (separator !== undefined) {
      endWord(at);
      commands.push(words);
      words = [];
      at += separator.length;
    } else if (QUOTES.has(char)) {
      const part = quoted(line, at);
      text = (text ?? '') + part.text;
      at = part.end;
    } else if (/\s/.test(char)) {
      endWord(at);
      at++;
    } else {
      const escaped = char === '\\' && at + 1 < line.length;
      text = (text ?? '') + (escaped ? line[at + 1] : char);
      at += escaped ? 2 : 1;
    }
  }
  endWord(line.length);
  return [...commands, words].filter((command) => command.length > 0);
}
