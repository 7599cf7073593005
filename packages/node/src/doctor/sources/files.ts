import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readCode, type Code, type ModuleFormat } from './code.ts';

/** A source of the application. */
export interface SourceFile {
  readonly path: string;
  readonly format: ModuleFormat;
  readonly code: Code;
  /** The SDKs that a bundler has put into it. */
  readonly bundles: readonly string[];
}

/** Bytes of a source that is read. A bundle may be larger than what anybody writes. */
const MAX_BYTES = 20_000_000;
/** Files that are read at most. */
const MAX_FILES = 3_000;

const SOURCE = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const DECLARATIONS = /\.d\.[cm]?ts$/;
/** Folders that hold no source of the application. */
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'dist', 'build', 'out', 'coverage', 'public', 'static', 'vendor', 'test', 'tests', '__tests__', 'e2e', 'examples', 'docs']);

/**
 * What SDKs leave in a bundle: bundlers' comments of their files, or what they read and send. All texts of one list must be
 * there.
 */
const TRACES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  openai: [['node_modules/openai/'], ['OPENAI_API_KEY', 'X-Stainless-Lang']],
  '@anthropic-ai/sdk': [['node_modules/@anthropic-ai/sdk/'], ['ANTHROPIC_API_KEY', 'X-Stainless-Lang']],
  '@google/genai': [['node_modules/@google/genai/'], ['google-genai-sdk/']],
  '@mistralai/mistralai': [['node_modules/@mistralai/mistralai/'], ['mistral-client-typescript']],
  'cohere-ai': [['node_modules/cohere-ai/']],
  'groq-sdk': [['node_modules/groq-sdk/'], ['GROQ_API_KEY', 'X-Stainless-Lang']],
  'together-ai': [['node_modules/together-ai/'], ['TOGETHER_API_KEY', 'X-Stainless-Lang']],
  ollama: [['node_modules/ollama/dist/'], ['ollama-js/']],
  '@aws-sdk/client-bedrock-runtime': [['node_modules/@aws-sdk/client-bedrock-runtime/']],
  ai: [['node_modules/ai/dist/']],
};

/** The SDKs that a file holds. A file that imports an SDK does not hold it. */
function bundledIn(source: string, { imports }: Code): string[] {
  return Object.entries(TRACES).flatMap(([name, lists]) => {
    const isImported = imports.some(({ of }) => of === name || of.startsWith(`${name}/`));
    return !isImported && lists.some((texts) => texts.every((text) => source.includes(text))) ? [name] : [];
  });
}

const types = new Map<string, string | undefined>();

/** The `type` of the package.json that is in force in a folder. */
function typeIn(folder: string): string | undefined {
  if (types.has(folder)) return types.get(folder);
  let type: string | undefined;
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const found: unknown = typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'type') : undefined;
    type = typeof found === 'string' ? found : 'commonjs';
  } catch {
    type = dirname(folder) === folder ? undefined : typeIn(dirname(folder));
  }
  types.set(folder, type);
  return type;
}

/** The format in which Node.js loads a file: by its name, its package, or else its syntax. */
function formatOf(path: string, { syntax }: Code): ModuleFormat {
  if (/\.m[jt]s$/.test(path)) return 'esm';
  if (/\.c[jt]s$/.test(path)) return 'commonjs';
  return typeIn(dirname(path)) === 'module' ? 'esm' : path.endsWith('.js') && syntax === 'esm' ? 'esm' : 'commonjs';
}

const read = new Map<string, SourceFile | undefined>();

/** Reads a source, once. Undefined where there is none. */
export function sourceAt(path: string): SourceFile | undefined {
  if (read.has(path)) return read.get(path);
  let file: SourceFile | undefined;
  try {
    const stats = statSync(path);
    if (stats.isFile() && stats.size <= MAX_BYTES) {
      const text = readFileSync(path, 'utf8');
      const code = readCode(text);
      file = { path, code, format: formatOf(path, code), bundles: bundledIn(text, code) };
    }
  } catch {
    // Not there.
  }
  read.set(path, file);
  return file;
}

const ENDINGS = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.tsx', '.jsx', '/index.js', '/index.mjs', '/index.ts', '/index.cjs'] as const;

/** The file that a path leads to, as Node.js, TypeScript and bundlers find it. */
export function fileAt(path: string): string | undefined {
  const written = path.replace(/\.([cm]?)js$/, '.$1ts');
  return [...ENDINGS.map((ending) => path + ending), written].find((candidate) => {
    try {
      return statSync(candidate).isFile();
    } catch {
      return false;
    }
  });
}

/** The application's own files behind an entry. */
export interface Reached {
  readonly files: readonly SourceFile[];
  /** Whether all files were read. */
  readonly whole: boolean;
}

/** Finds the application's own files that a file imports, itself first. */
export function reachedFrom(entry: string, follow: (by: 'static' | 'dynamic' | 'require') => boolean = () => true): Reached {
  const found = new Map<string, SourceFile>();
  const waiting = [entry];
  for (let path = waiting.shift(); path !== undefined && found.size < MAX_FILES; path = waiting.shift()) {
    const file = found.has(path) ? undefined : sourceAt(path);
    if (file === undefined) continue;
    found.set(path, file);
    for (const { of, by } of file.code.imports) {
      const next = of.startsWith('.') && follow(by) ? fileAt(join(dirname(path), of)) : undefined;
      if (next !== undefined) waiting.push(next);
    }
  }
  return { files: [...found.values()], whole: waiting.length === 0 };
}

function sourcesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      if (entry.isDirectory()) return entry.name.startsWith('.') || SKIPPED.has(entry.name) ? [] : [join(folder, entry.name)];
      return entry.isFile() && SOURCE.test(entry.name) && !DECLARATIONS.test(entry.name) ? [join(folder, entry.name)] : [];
    });
  } catch {
    return [];
  }
}

/** Every source of the application in a folder. Leaves out builds and tests. */
export function sourcesOf(folder: string): SourceFile[] {
  const found: SourceFile[] = [];
  const waiting = [folder];
  let looked = 0;
  for (let path = waiting.shift(); path !== undefined && looked < MAX_FILES; path = waiting.shift()) {
    looked++;
    if (SOURCE.test(path)) {
      const file = sourceAt(path);
      if (file !== undefined) found.push(file);
    } else waiting.push(...sourcesIn(path));
  }
  return found;
}
