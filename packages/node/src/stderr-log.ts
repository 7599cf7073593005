import { inspect } from 'node:util';
import { DiagLogLevel, type DiagLogger } from '@opentelemetry/api';
import { escaped } from './console-tree/escape.ts';
import { describeExportFailure, type ExportFailure } from './export-failure.ts';

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
/** Milliseconds for which a loss of telemetry is not said again, however often it happens. */
const LOSS_INTERVAL = 600_000;
const MAX_LINE = 1_000;

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.message;
  return inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY });
}

/** What was said of a cause, and what happened since. */
interface Said {
  at: number;
  times: number;
  count: number;
}

/**
 * A diag logger that writes to standard error only (OpenTelemetry's own console logger writes its info and debug
 * lines to standard output, which belongs to the application), one line per message, and says each warning and error once. A loss of telemetry that goes on
 * is said again every ten minutes, with how often it happened and how much was lost since.
 */
export class StderrLogger implements DiagLogger {
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  readonly #said = new Map<string, Said>();

  /** @param now milliseconds of a clock that only goes forward */
  constructor(write: (line: string) => void, now: () => number = () => performance.now()) {
    this.#write = write;
    this.#now = now;
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
    if (failure !== undefined) {
      // The application goes on as before: a backend that is down is a warning, whatever level the SDK gives it.
      this.#lost(failure);
      return;
    }
    const text = [message, ...args].map(asText).join(' ');
    if (this.#said.has(text)) return;
    this.#remember(text, { at: Infinity, times: 0, count: 0 });
    this.#line(level, text);
  }

  #lost({ cause, count = 0, text }: ExportFailure): void {
    const said = this.#said.get(cause);
    if (said === undefined) {
      this.#remember(cause, { at: this.#now(), times: 0, count: 0 });
      this.#line('warn', text(count));
      return;
    }
    said.times++;
    said.count += count;
    if (this.#now() - said.at < LOSS_INTERVAL) return;
    this.#line('warn', `${text(said.count)} (${said.times} times since this was said last)`);
    Object.assign(said, { at: this.#now(), times: 0, count: 0 });
  }

  #remember(cause: string, said: Said): void {
    if (this.#said.size >= MAX_CAUSES) this.#said.clear();
    this.#said.set(cause, said);
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
