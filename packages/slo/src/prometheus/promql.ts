/** Small pieces of PromQL. Everything is text; what comes from a model is escaped here and nowhere else. */

/** A PromQL expression. */
export type Expr = string;

/** One label matcher: `outspan_slo="availability"`. */
export type Matcher = string;

/** A string literal, whatever is in it. */
export function quoted(value: string): string {
  // Every escape sequence that JSON writes is one of PromQL's too. What else ends a line, or is not to be seen, would not survive YAML or is refused as it is.
  // Half of a surrogate pair is no character: no label has it.
  return JSON.stringify(value.replaceAll(/\p{Surrogate}/gu, '\uFFFD')).replaceAll(/[\u007F-\u009F\u2028\u2029\uFEFF\uFFFD-\uFFFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function is(label: string, value: string): Matcher {
  return `${label}=${quoted(value)}`;
}

export function isNot(label: string, value: string): Matcher {
  return `${label}!=${quoted(value)}`;
}

/** Any of these values, literally. */
export function oneOf(label: string, values: readonly string[]): Matcher {
  const [only, ...others] = values;
  return only !== undefined && others.length === 0 ? is(label, only) : `${label}=~${quoted(values.map(escapeRegex).join('|'))}`;
}

/** None of these values. */
export function noneOf(label: string, values: readonly string[]): Matcher {
  return `${label}!~${quoted(values.map(escapeRegex).join('|'))}`;
}

/** One matcher for each label of an SLO's `where`. */
export function oneOfEach(where: Readonly<Record<string, readonly string[]>>): Matcher[] {
  return Object.entries(where).map(([label, values]) => oneOf(label, values));
}

/** Prometheus anchors regular expressions itself; what is special in RE2 is this. */
function escapeRegex(value: string): string {
  return value.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/** `name{matchers}`. */
export function series(name: string, ...matchers: readonly Matcher[]): Expr {
  return matchers.length === 0 ? name : `${name}{${matchers.join(', ')}}`;
}

/** `sum by (labels) (expr)`, or another aggregation. */
export function aggregate(operator: 'sum' | 'min' | 'max' | 'count' | 'group', labels: readonly string[], expr: Expr): Expr {
  const grouping = labels.length === 0 ? '' : ` by (${[...new Set(labels)].join(', ')})`;
  return `${operator}${grouping} (${indent(expr)})`;
}

export function sum(labels: readonly string[], expr: Expr): Expr {
  return aggregate('sum', labels, expr);
}

/** An operator between operands of any length; each on a line of its own once the whole is long. */
export function join(operator: string, ...operands: readonly Expr[]): Expr {
  const line = operands.join(` ${operator} `);
  return line.length <= LINE && !line.includes('\n') ? line : operands.join(`\n${operator}\n`);
}

/** A function's call. */
export function call(name: string, ...args: readonly Expr[]): Expr {
  const line = args.join(', ');
  return `${name}(${line.includes('\n') ? indent(args.join(',\n')) : line})`;
}

/** In parentheses. */
export function group(expr: Expr): Expr {
  return `(${indent(expr)})`;
}

/** Contents of parentheses: of long ones each line further in. */
function indent(expr: Expr): Expr {
  return expr.length <= LINE && !expr.includes('\n') ? expr : `\n${expr.replaceAll(/^/gm, '  ')}\n`;
}

/** Characters of an expression that still reads well on one line. */
const LINE = 110;
