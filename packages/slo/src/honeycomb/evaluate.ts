/** A value of a field or a formula; missing ones are null. */
export type Value = string | number | boolean | null;

/** Evaluates a formula for one span as Honeycomb's reference describes it, for tests. @throws where the formula is not one */
export function evaluate(formula: string, span: Readonly<Record<string, Value>>): Value {
  const parser = { text: formula, at: 0 };
  const value = expression(parser, span);
  if (parser.at !== formula.length) throw new Error(`unexpected ${formula.slice(parser.at, parser.at + 20)}`);
  return value;
}

interface Parser {
  readonly text: string;
  at: number;
}

const TOKENS = {
  string: /"(?:[^"\\\n]|\\.)*"/y,
  field: /\$(?:"((?:[^"\\\n]|\\.)*)"|[\p{L}\d_./:=+?-]+)/uy,
  number: /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y,
  word: /[A-Za-z]\w*/y,
  open: /\(/y,
  comma: /,\s*/y,
  close: /\)/y,
};

function take(parser: Parser, kind: keyof typeof TOKENS): string | undefined {
  const token = TOKENS[kind];
  token.lastIndex = parser.at;
  const found = token.exec(parser.text)?.[0];
  if (found !== undefined) parser.at += found.length;
  return found;
}

function expression(parser: Parser, span: Readonly<Record<string, Value>>): Value {
  const field = take(parser, 'field');
  if (field !== undefined) return span[field.startsWith('$"') ? String(JSON.parse(field.slice(1))) : field.slice(1)] ?? null;
  const string = take(parser, 'string');
  if (string !== undefined) return String(JSON.parse(string));
  const number = take(parser, 'number');
  if (number !== undefined) return Number(number);
  const word = take(parser, 'word') ?? '';
  if (word in LITERALS) return LITERALS[word] ?? null;
  const apply = FUNCTIONS[word];
  if (apply === undefined || take(parser, 'open') === undefined) throw new Error(`unexpected ${parser.text.slice(parser.at - word.length, parser.at + 20)}`);
  const of: Value[] = [];
  do of.push(expression(parser, span));
  while (take(parser, 'comma') !== undefined);
  if (take(parser, 'close') === undefined) throw new Error(`${word} is not closed`);
  return apply(of);
}

const LITERALS: Readonly<Record<string, Value>> = { true: true, false: false, null: null };

function truthy(value: Value | undefined): boolean {
  return value === true || value === 'true' || (typeof value === 'number' && value !== 0);
}

/** Always false where one is empty, or the types differ. */
function compare(holds: (a: number, b: number) => boolean): (of: readonly Value[]) => Value {
  return ([a, b]) => typeof a === 'number' && typeof b === 'number' && holds(a, b);
}

const FUNCTIONS: Readonly<Record<string, (of: readonly Value[]) => Value>> = {
  IF: (of) => (truthy(of[0]) ? (of[1] ?? null) : (of[2] ?? null)),
  AND: (of) => of.every(truthy),
  OR: (of) => of.some(truthy),
  NOT: ([value]) => !truthy(value),
  EXISTS: ([value]) => value !== null,
  EQUALS: ([a, b]) => a === b,
  IN: ([value, ...others]) => value !== undefined && value !== null && others.includes(value),
  COALESCE: (of) => of.find((value) => value !== null) ?? null,
  LTE: compare((a, b) => a <= b),
  LT: compare((a, b) => a < b),
  GT: compare((a, b) => a > b),
  DIV: ([a, b]) => (typeof a === 'number' && typeof b === 'number' && b !== 0 ? a / b : null),
};
