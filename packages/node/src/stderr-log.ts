import { inspect } from 'node:util';
import { DiagLogLevel, type DiagLogger } from '@opentelemetry/api';
import { escaped } from './console-tree/escape.ts';
import { describeExportFailure } from './export-failure.ts';

/** `OTEL_LOG_LEVEL`, as the variable spells the levels. */
const LEVELS: Readonly<Record<string, DiagLogLevel>> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
};

/** The diag level for a value of `OTEL_LOG_LEVEL`. Without one, warnings and errors are visible. */
export function logLevel(value: string | undefined): DiagLogLevel {
  return LEVELS[value ?? 'warn'] ?? DiagLogLevel.WARN;
}

/** Causes that are remembered as already said. Past it, old ones may be said again. */
const MAX_CAUSES = 256;
const MAX_LINE = 1_000;

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.message;
  return inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY });
}

/**
 * A diag logger that writes to standard error only (OpenTelemetry's own console logger writes its info and debug
 * lines to standard output, which belongs to the application), one line per message, and says each warning and error once.
 */
export class StderrLogger implements DiagLogger {
  readonly #write: (line: string) => void;
  readonly #said = new Set<string>();

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  error(message: string, ...args: unknown[]): void {
    this.#once('error', message, args);
  }

  warn(message: string, ...args: unknown[]): void {
    this.#once('warn', message, args);
  }

  info(message: string, ...args: unknown[]): void {
    this.#line('info', [message, ...args].map(asText).join(' '));
  }

  debug(message: string, ...args: unknown[]): void {
    this.#line('debug', [message, ...args].map(asText).join(' '));
  }

  verbose(message: string, ...args: unknown[]): void {
    this.#line('verbose', [message, ...args].map(asText).join(' '));
  }

  #once(level: 'error' | 'warn', message: string, args: readonly unknown[]): void {
    const failure = describeExportFailure([message, ...args]);
    const text = failure?.text ?? [message, ...args].map(asText).join(' ');
    const cause = failure?.cause ?? text;
    if (this.#said.has(cause)) return;
    if (this.#said.size >= MAX_CAUSES) this.#said.clear();
    this.#said.add(cause);
    // The application goes on as before: a backend that is down is a warning, whatever level the SDK gives it.
    this.#line(failure === undefined ? level : 'warn', text);
  }

  #line(level: string, text: string): void {
    try {
      // A backend's answer may stand in it, and must not write to the terminal.
      this.#write(`[opentelemetry] ${level}: ${escaped(text.replaceAll(/\s*\n\s*/g, ' ').slice(0, MAX_LINE))}`);
    } catch {
      // Nowhere to say it.
    }
  }
}
