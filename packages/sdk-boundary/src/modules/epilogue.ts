import { parse } from 'es-module-lexer';
import type { Export, Import } from 'es-module-lexer';

/** Where the epilogue tells what it was put behind. Shared by the copies of this package. */
export const LOADED = 'outspan.module-loaded.v1';

const CALL = `globalThis[Symbol.for(${JSON.stringify(LOADED)})]`;

/** Whether a source has an epilogue. */
export function hasEpilogue(source: string): boolean {
  return source.includes(CALL);
}

/**
 * The source of an ES module with lines behind it that hand its exports out once it has been evaluated. The module keeps its
 * URL, its bindings and its place in the graph, so that it does not matter who else hooks it.
 *
 * An anonymous default export (`export default class extends Client {}`, `export default create()`) has no name that it could
 * be read by: it is not among what is handed out.
 *
 * @throws where the source is no ES module
 */
export function withEpilogue(source: string, url: string): string {
  // With a mark of the byte order before it, nothing would be found.
  const marked = source.startsWith('\uFEFF') ? 1 : 0;
  const text = source.slice(marked);
  const [imports, exports] = parse(text, url);
  const prefix = unusedPrefix(text);
  const statements: string[] = [];
  const getters: string[] = [];
  const stars: string[] = [];
  for (const [index, one] of exports.entries()) {
    if (one.typeOnly) continue;
    const own = `${prefix}${index}`;
    if (one.type === 'direct') {
      if (one.localName !== undefined && !isUnnamed(one.name, one.localName)) getters.push(getter(nameOf(one, text), one.localName));
      continue;
    }
    const request = requestOf(one, imports);
    // Of another phase: to import it here would evaluate it.
    if (request === undefined) continue;
    if (one.type === 'reexport-all') {
      statements.push(`import * as ${own} from ${request};`);
      stars.push(own);
    } else {
      // Quoted: a name may be any string.
      const imported = one.importName === null ? `* as ${own}` : `{ ${JSON.stringify(unescaped(one.importName, text, one.importNameStart))} as ${own} }`;
      statements.push(`import ${imported} from ${request};`);
      getters.push(getter(nameOf(one, text), own));
    }
  }
  // On a line of its own: the source may end in a comment. Whatever it has made of these globals, it must not fail by us.
  return `${source}\n;${statements.join('')}try { ${CALL}?.(${JSON.stringify(url)}, { ${getters.join(', ')} }, [${stars.join(', ')}]); } catch {}\n`;
}

function getter(name: string, local: string): string {
  return `get ${JSON.stringify(name)}() { return ${local}; }`;
}

/** `export default class extends Client {}`: the lexer takes the word behind `class` for its name. */
function isUnnamed(name: string, localName: string): boolean {
  return name === 'default' && localName === 'extends';
}

/** Names of the epilogue's own, which the module has not. */
function unusedPrefix(text: string): string {
  let prefix = '__outspan_';
  while (text.includes(prefix)) prefix = `_${prefix}`;
  return prefix;
}

/** What follows `from` to get the same module; undefined where it is imported in another phase (`import source`, `import defer`). */
function requestOf({ from, importIndex }: Exclude<Export, { readonly type: 'direct' }>, imports: readonly Import[]): string | undefined {
  const original = imports[importIndex];
  if (original === undefined || original.type === 'import-meta' || original.type === 'dynamic' || original.phase !== null) return undefined;
  const attributes = (original.attributes ?? []).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `${JSON.stringify(from)}${attributes.length === 0 ? '' : ` with { ${attributes.join(', ')} }`}`;
}

function nameOf({ name, start }: { readonly name: string; readonly start: number }, text: string): string {
  return unescaped(name, text, start);
}

const ESCAPE = /\\u(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{4}))/g;

/** An exported or imported name: the lexer gives strings as what they mean, and identifiers as they are written. */
function unescaped(name: string, text: string, start: number): string {
  if (!name.includes('\\') || text[start] === '"' || text[start] === "'") return name;
  return name.replaceAll(ESCAPE, (_escape, braced: string | undefined, plain: string | undefined) => String.fromCodePoint(Number.parseInt(braced ?? plain ?? '', 16)));
}
