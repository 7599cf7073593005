import type { ErrorClass } from './vocabulary.ts';
import type { ProviderError } from '../dialects/dialect.ts';

const CODE = /^[A-Za-z0-9_.-]{1,64}$/;
/** Longer parts of a code than this must be letters with at most a short number behind them: else they are an id or a key. */
const LONGEST_MIXED_PART = 8;
const WORD = /^[A-Za-z]+\d{0,6}$/;

/**
 * Whether a provider's code is fit for `error.type` and metric labels. A code is free text on the wire:
 * one that holds a request id, a UUID or an echoed key would blow up cardinality or leak.
 */
export function looksLowCardinality(code: string): boolean {
  if (!CODE.test(code)) return false;
  return code.split(/[_.-]/).every((part) => part.length <= LONGEST_MIXED_PART || WORD.test(part));
}

/** What `error.type` can be made of. */
export interface ErrorTypeSources {
  readonly class: ErrorClass;
  readonly provider?: ProviderError | undefined;
  /** Of the response; only a failing one (400 and up) can name an error. */
  readonly status?: number | undefined;
  /** The transport's code, where it is a well-known one. */
  readonly transportCode?: string | undefined;
}

/** The fine identifier of a failure: provider's code, its type, the HTTP status, the transport's code, our class; the first that is usable. */
export function errorType(sources: ErrorTypeSources): string {
  const { provider, status, transportCode } = sources;
  for (const candidate of [provider?.code, provider?.type]) {
    if (candidate !== undefined && looksLowCardinality(candidate)) return candidate;
  }
  for (const candidate of [status, provider?.status]) {
    if (candidate !== undefined && Number.isInteger(candidate) && candidate >= 400 && candidate <= 999) return String(candidate);
  }
  if (transportCode !== undefined && looksLowCardinality(transportCode)) return transportCode;
  return sources.class;
}
