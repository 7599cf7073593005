/** A fenced code block, with the comment that marks it. */
export interface Block {
  readonly language: string;
  readonly code: string;
  /** What `<!-- test: … -->` right before it says. */
  readonly mark: string | undefined;
  /** 1-based line of the fence. */
  readonly line: number;
}

const MARK = /^<!-- test: (.+) -->$/;
const FENCE = /^(\s*)```(\w*)\s*$/;

/** The fenced blocks of a Markdown text, in order. */
export function blocksOf(text: string): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, indent = '', language = ''] = FENCE.exec(lines[at] ?? '') ?? [];
    if (!FENCE.test(lines[at] ?? '')) continue;
    const end = lines.findIndex((line, index) => index > at && line.trimEnd() === `${indent}\`\`\``);
    if (end < 0) throw new Error(`the block at line ${at + 1} does not end`);
    const code = lines.slice(at + 1, end).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    blocks.push({ language, code: `${code.join('\n')}\n`, mark: MARK.exec((lines[at - 1] ?? '').trim())?.[1], line: at + 1 });
    at = end;
  }
  return blocks;
}

/** A text without its fenced blocks. */
export function prose(text: string): string {
  return text.replaceAll(/^\s*```[\s\S]*?^\s*```\s*$/gm, '');
}

/** What stands between backticks in a text, fenced blocks aside. */
export function inlineCode(text: string): string[] {
  return [...prose(text).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** A table's rows as cells without their padding; the head and the line beneath it are left out. */
export function tableRows(section: string): string[][] {
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.slice(1, line.lastIndexOf('|')).split('|').map((cell) => cell.trim()))
    .filter((_, index, rows) => index > 1 || !rows[1]?.every((cell) => /^-+$/.test(cell)));
}

/** What is under a heading, up to the next of its level or a higher one. */
export function section(text: string, heading: string): string {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (from < 0) throw new Error(`there is no heading '${heading}'`);
  const level = /^#+/.exec(lines[from] ?? '')?.[0].length ?? 1;
  const to = lines.findIndex((line, index) => index > from && (/^#+(?= )/.exec(line)?.[0].length ?? 7) <= level);
  return lines.slice(from + 1, to < 0 ? undefined : to).join('\n');
}

/** The anchors of a text's headings, as the usual renderers make them. */
export function anchors(text: string): string[] {
  return [...prose(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Where links and images lead to. */
export function links(text: string): string[] {
  return [...prose(text).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
}
