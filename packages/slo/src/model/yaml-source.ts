import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument, type Document, visit } from 'yaml';
import type { Path } from './finding.ts';

/** 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What YAML has to say about a text. */
export interface Remark extends Position {
  readonly message: string;
}

/** A YAML document as a value that still knows where each part of it was written. */
export interface YamlSource {
  /** Undefined when there are `errors`; null for an empty document. */
  readonly value: unknown;
  readonly errors: readonly Remark[];
  readonly warnings: readonly Remark[];
  /** Where the value at a path begins, or its key; what has no place of its own is where its parent is. */
  position(path: Path, part?: 'key' | 'value'): Position;
}

/** Longer than any model, and short enough to be parsed in no time. */
export const LONGEST_FILE: number = 256 * 1024;

const TOO_DEEP = 'the file is nested too deeply';
/** More than anybody reads. */
const MOST = 200;
const START: Position = { line: 1, column: 1 };

/** Reads YAML 1.2. Keys are unique, aliases are few, and nothing in the text can make it throw. */
export function readYaml(text: string): YamlSource {
  if (text.length > LONGEST_FILE) return failed([{ ...START, message: `the file has ${text.length} characters; a model has at most ${LONGEST_FILE}` }]);
  const lines = new LineCounter();
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return line === 0 ? START : { line, column: col };
  };
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'error', version: '1.2' });
  } catch (error) {
    return failed([{ ...START, message: error instanceof RangeError ? TOO_DEEP : `cannot be read as YAML: ${said(error)}` }]);
  }
  const remark = ({ message, code, pos }: { message: string; code: string; pos: readonly [number, number] }): Remark => ({ ...place(pos[0]), message: REMARKS[code] ?? `YAML: ${oneLine(message)}` });
  const warnings = document.warnings.slice(0, MOST).map(remark);
  // The parser catches its own overflow, and then misses every closing bracket.
  if (isTooDeep(document) || document.errors.some(({ message }) => message.startsWith('Maximum call stack'))) return failed([{ ...START, message: TOO_DEEP }]);
  const errors = [...document.errors.slice(0, MOST).map(remark), ...repeatedKeys(document).slice(0, MOST).map((offset) => ({ ...place(offset), message: 'this key is written twice' }))];
  if (errors.length > 0) return { ...failed(errors), warnings };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return failed([{ ...START, message: error instanceof RangeError ? TOO_DEEP : `aliases: ${said(error)}` }]);
  }
  return {
    value,
    errors: [],
    warnings,
    position(path, part = 'value') {
      let node: Node | undefined = document.contents ?? undefined;
      let found = offsetOf(node) ?? 0;
      for (const [index, step] of path.entries()) {
        if (isAlias(node)) node = node.resolve(document);
        let key: unknown;
        let child: unknown;
        if (isMap(node)) {
          const pair = node.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === String(step));
          key = pair?.key;
          child = pair?.value;
        } else if (isSeq(node) && typeof step === 'number') child = node.items[step];
        const wantsKey = part === 'key' && index === path.length - 1;
        // A key without a value has no place for the value.
        found = (wantsKey ? offsetOf(key) : offsetOf(child)) ?? offsetOf(key) ?? found;
        node = isNode(child) ? child : undefined;
      }
      return place(found);
    },
  };
}

/** What YAML's own words leave open. */
const REMARKS: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'a second document begins here; a model is one document',
};

/** Deeper than any model, and shallow enough for whatever calls itself. */
const DEEPEST = 100;

function isTooDeep(document: Document.Parsed): boolean {
  let deep = false;
  visit(document, {
    Collection(_, __, ancestors) {
      deep = ancestors.length > DEEPEST;
      return deep ? visit.BREAK : undefined;
    },
  });
  return deep;
}

/** Where keys are that their map has already. The parser's own look for them takes a minute for a megabyte of keys. */
function repeatedKeys(document: Document.Parsed): readonly number[] {
  const repeated: number[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : key;
        if (seen.has(name)) repeated.push(offsetOf(key) ?? 0);
        seen.add(name);
      }
    },
  });
  return repeated;
}

function failed(errors: readonly Remark[]): YamlSource {
  return { value: undefined, errors, warnings: [], position: () => START };
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function said(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error));
}

function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim().slice(0, 200);
}
