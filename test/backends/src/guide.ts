/** A fenced block of a guide. */
export interface GuideBlock {
  /** The heading that it stands under. */
  readonly heading: string;
  readonly language: string;
  readonly code: string;
  /** What `<!-- test: … -->` before it says. */
  readonly mark: string;
}

const HEADING_OR_BLOCK = /^#+ (?<heading>.+)$|^<!-- test: (?<mark>.+) -->\n```(?<language>\w*)\n(?<code>[\s\S]*?)^```$/gm;

/** The marked blocks of a Markdown text, in order. */
export function blocksOf(text: string): readonly GuideBlock[] {
  let under = '';
  return [...text.matchAll(HEADING_OR_BLOCK)].flatMap(({ groups = {} }) => {
    const { heading, mark, language = '', code } = groups;
    under = heading ?? under;
    return mark === undefined || code === undefined ? [] : [{ heading: under, language, code, mark }];
  });
}
