import { inspect } from 'node:util';
import { DiagLogLevel, type DiagLogger } from '@opentelemetry/api';
import { escaped } from '@outspan/core';
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

/** The namespace that instrumentations put in front of what they say: their package's name. */
const INSTRUMENTATION = /^(?:@[\w.-]+\/)?[\w.-]*instrumentation[\w./-]*$/;

/** The API refuses each part of a second SDK, with a stack. */
const SECOND_SDK = /Attempted duplicate registration of API: /;
const USE_ONE_SDK =
  'the application starts an OpenTelemetry SDK of its own after the one of @outspan/node/register, which keeps all spans and metrics; to use its own, import @outspan/node/instrument instead of register';

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
  readonly #everybody: boolean;
  readonly #now: () => number;
  readonly #said = new Map<string, Said>();

  /**
   * @param everybody whether other instrumentations are shown, too: without Outspan nobody would see them
   * @param now milliseconds of a clock that only goes forward
   */
  constructor(write: (line: string) => void, everybody: boolean = true, now: () => number = () => performance.now()) {
    this.#write = write;
    this.#everybody = everybody;
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
    if (!this.#everybody && INSTRUMENTATION.test(message)) return;
    const failure = describeExportFailure([message, ...args]);
    if (failure !== undefined) {
      // The application goes on as before: a backend that is down is a warning, whatever level the SDK gives it.
      this.#lost(failure);
      return;
    }
    if (SECOND_SDK.test(message)) this.#sayOnce('warn', USE_ONE_SDK);
    else this.#sayOnce(level, [message, ...args].map(asText).join(' '));
  }

  #sayOnce(level: 'error' | 'warn', text: string): void {
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
