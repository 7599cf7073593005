/** The module formats that source code is written in. */
export type ModuleFormat = 'esm' | 'commonjs';

/** A module that a source names. */
export interface Import {
  readonly of: string;
  /** `static`: loaded before any line of the file runs. */
  readonly by: 'static' | 'dynamic' | 'require';
}

/** What is read of a source. */
export interface Code {
  readonly imports: readonly Import[];
  /** The format by its syntax. Undefined if it has no imports and exports of either format. */
  readonly syntax: ModuleFormat | undefined;
  /** The class or function that starts an OpenTelemetry SDK: `NodeSDK`. */
  readonly startsSdk: string | undefined;
  /** How it loads Outspan. */
  readonly outspan: OutspanEntry | undefined;
}

/** How a process loads Outspan: `start` by the function of that name, `code` by instrumentations. */
export type OutspanEntry = 'register' | 'start' | 'instrument' | 'code';

/** The package that a module's name belongs to. Undefined for files and modules of Node.js. */
export function packageIn(of: string): string | undefined {
  return of.startsWith('node:') ? undefined : /^(?:@[\w.-]+\/)?\w[\w.-]*/.exec(of)?.[0];
}

const STRING = /(["'`])(?:\\.|(?!\1)[^\\])*\1/y;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Code without comments and strings. */
const PLAIN = /[^/"'`]+/y;

/** A source without its comments. A quote in a regular expression may hide some of it up to the end of its line. */
export function withoutComments(source: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < source.length) {
    const char = source[at] ?? '';
    const comment = char === '/' ? matchAt(COMMENT, source, at) : undefined;
    const string = char === '"' || char === "'" || char === '`' ? matchAt(STRING, source, at) : undefined;
    const isString = string !== undefined && (char === '`' || !string.includes('\n'));
    const part = comment ?? (isString ? string : (matchAt(PLAIN, source, at) ?? char));
    parts.push(comment === undefined ? part : ' ');
    at += part.length;
  }
  return parts.join('');
}

const STATIC = /(?:^|[;}\s])(?:import|export)(?!\s+type\b)\s*(?:[\w$*{}\s,]+?\bfrom\s*)?(["'])([^"'\n]+)\1/g;
const DYNAMIC = /\bimport\s*\(\s*(["'`])([^"'`\n$]+)\1/g;
const REQUIRE = /\brequire(?:\.resolve)?\s*\(\s*(["'`])([^"'`\n$]+)\1\s*\)/g;
/** TypeScript's own: `import x = require('x')` is a `require`. */
const ES_SYNTAX = /(?:^|[;}\n])\s*(?:import\s*(?:[\w$*{]|["'])|export\s+(?:default|const|let|var|function|class|async|\*|\{))/;
const COMMONJS_SYNTAX = /\brequire\s*\(|\bmodule\.exports\b|(?:^|[;\n])\s*exports\.\w+\s*=/;

/** Calls that start an SDK, each with the package that they must be imported from. */
const SDKS: readonly { readonly call: RegExp; readonly from: RegExp }[] = [
  { call: /\bnew (?:\w+\.)?(NodeSDK)\s*\(/, from: /^@opentelemetry\/sdk-node$/ },
  { call: /\b(startNodeSD[Kk])\s*\(/, from: /^@opentelemetry\/sdk-node$/ },
  { call: /\bnew (?:\w+\.)?((?:Node|Basic)?TracerProvider)\s*\(/, from: /^@opentelemetry\/sdk-trace/ },
  { call: /\b(registerOTel)\s*\(/, from: /^@vercel\/otel$/ },
  { call: /\b(auto-instrumentations-node\/register)\b/, from: /^@opentelemetry\/auto-instrumentations-node\/register$/ },
  { call: /\b(useAzureMonitor)\s*\(/, from: /^@azure\/monitor-opentelemetry$/ },
];

function importsIn(text: string): Import[] {
  const found = (pattern: RegExp, by: Import['by']): Import[] => [...text.matchAll(pattern)].map(([, , of = '']) => ({ of, by }));
  return [...found(STATIC, 'static'), ...found(DYNAMIC, 'dynamic'), ...found(REQUIRE, 'require')];
}

function sdkIn(text: string, imports: readonly Import[]): string | undefined {
  for (const { call, from } of SDKS) {
    const name = imports.some(({ of }) => from.test(of)) ? call.exec(text)?.[1] : undefined;
    if (name !== undefined) return name;
  }
  return undefined;
}

const STARTED = /\{[^{}]*\bstart\b[^{}]*\}\s*(?:from\s*|=\s*(?:await\s+import|require)\s*\(\s*)["']@outspan\/node["']/;

/** How a module loads Outspan, by its imports. The first row that fits counts. */
const ENTRIES: readonly { readonly entry: OutspanEntry; readonly of: RegExp; readonly text?: RegExp }[] = [
  { entry: 'register', of: /^@outspan\/node\/register$|@outspan\/node\/dist\/register\.[cm]js$/ },
  { entry: 'instrument', of: /^@outspan\/node\/instrument$|@outspan\/node\/dist\/instrument\.[cm]js$/ },
  { entry: 'start', of: /^@outspan\/node$/, text: STARTED },
  { entry: 'code', of: /^@outspan\/(?:node|instrumentation-[\w-]+)$/ },
];

/** How importing a module by this name loads Outspan. Undefined if it does not. */
export function entryBehind(of: string, text: string = ''): OutspanEntry | undefined {
  return ENTRIES.find((row) => row.of.test(of) && (row.text === undefined || row.text.test(text)))?.entry;
}

/** Reads JavaScript or TypeScript, minified or not, without running it. */
export function readCode(source: string): Code {
  const text = withoutComments(source);
  const imports = importsIn(text);
  const entries = new Set(imports.map(({ of }) => entryBehind(of, text)));
  return { imports, outspan: ENTRIES.find(({ entry }) => entries.has(entry))?.entry, syntax: ES_SYNTAX.test(text) ? 'esm' : COMMONJS_SYNTAX.test(text) ? 'commonjs' : undefined, startsSdk: sdkIn(text, imports) };
}
