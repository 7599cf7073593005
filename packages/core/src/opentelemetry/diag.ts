import type { DiagLogger } from '@opentelemetry/api';
import { inspect } from '../inspection.ts';
import { environment } from '../platform/environment.ts';
import { escaped } from '../platform/printable.ts';
import { writeStderr, writeStderrOnce } from '../platform/stderr.ts';
import { registered } from './registry.ts';

type Level = 'error' | 'warn' | 'info' | 'debug';

/** How much each value of `OUTSPAN_LOG`, or else of `OTEL_LOG_LEVEL`, shows. */
const SHOWN: Readonly<Record<string, number>> = { none: 0, error: 1, warn: 2, info: 3, debug: 4, verbose: 4, all: 4 };
const WEIGHT: Readonly<Record<Level, number>> = { error: 1, warn: 2, info: 3, debug: 4 };

/** The diag logger that Outspan has set for the SDK that it started. */
const OWN = Symbol.for('outspan.own-diag-logger');

/** Lines past this are cut. */
const MAX_LINE = 1_000;

/** Marks the diag logger that is registered now as Outspan's: what Outspan itself has to say does not go through it. */
export function ownDiagLogger(): void {
  Reflect.set(globalThis, OWN, registered('diag'));
}

/** The diag logger that the application has set. */
function applicationLogger(): DiagLogger | undefined {
  const logger = registered('diag');
  return isLogger(logger) && logger !== Reflect.get(globalThis, OWN) ? logger : undefined;
}

function isLogger(value: unknown): value is DiagLogger {
  return typeof value === 'object' && value !== null && 'warn' in value && typeof value.warn === 'function';
}

function shows(level: Level): boolean {
  const env = environment();
  const asked = [env['OUTSPAN_LOG'], env['OTEL_LOG_LEVEL']].map((value) => SHOWN[value?.trim().toLowerCase() ?? '']).find((shown) => shown !== undefined);
  return WEIGHT[level] <= (asked ?? WEIGHT.warn);
}

function say(level: Level, message: string, details: readonly unknown[]): void {
  if (level !== 'debug') inspect(() => ({ kind: 'message', level, text: textOf(message, details) }));
  const logger = applicationLogger();
  if (logger !== undefined) {
    logger[level]('outspan', message, ...details);
    return;
  }
  if (!shows(level)) return;
  const text = textOf(message, details);
  const write = level === 'info' || level === 'debug' ? writeStderr : writeStderrOnce;
  // A message may quote what came from outside, which must not write to the terminal.
  write(`[outspan] ${level}: ${escaped(text.slice(0, MAX_LINE))}`);
}

function textOf(message: string, details: readonly unknown[]): string {
  return [message, ...details.map(described)].join(': ').replaceAll(/\s*\n\s*/g, ' ');
}

function described(detail: unknown): string {
  return detail instanceof Error ? detail.message : String(detail);
}

function guarded(level: Level): (message: string, ...details: readonly unknown[]) => void {
  return (message, ...details) => {
    try {
      say(level, message, details);
    } catch {
      // Nowhere to say it.
    }
  };
}

/**
 * What Outspan itself has to say. The application's diag logger gets it. Where none is set it goes to standard error, each
 * warning and error once, as far as `OUTSPAN_LOG` (else `OTEL_LOG_LEVEL`, else `warn`) shows it.
 */
export const diag: Readonly<Record<Level, (message: string, ...details: readonly unknown[]) => void>> = {
  error: guarded('error'),
  warn: guarded('warn'),
  info: guarded('info'),
  debug: guarded('debug'),
};
