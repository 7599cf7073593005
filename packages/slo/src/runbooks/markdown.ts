/** Text from a model as plain words of a Markdown line, whatever is in it. */
export function plain(text: string, longest: number = 300): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, longest)
    .replaceAll(/[\\`*_{}[\]<>#|~&]/g, String.raw`\$&`);
}

/** A link target from a model. */
export function target(url: string): string {
  return `<${url.replaceAll(/[\s<>\\]/g, encodeURIComponent)}>`;
}

/** A table. Cells are Markdown of one line. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

export function steps(items: readonly string[]): string {
  return items.map((item, index) => `${index + 1}. ${item}`).join('\n');
}

export function code(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}
