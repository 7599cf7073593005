import { announce } from './guard.ts';
import { acceptRows } from './providers/recognise.ts';
import { loadValidator } from './verdict/schema-check.ts';
import type { ProviderRow } from './providers/table.ts';

/** Where captured content goes. */
export type ContentCapture = 'none' | 'span' | 'event' | 'span_and_event';

/** What a redaction hook is given: one content attribute before it is recorded. */
export interface ContentItem {
  /** The attribute's name: `gen_ai.input.messages`, `gen_ai.output.messages`, `gen_ai.system_instructions`, `gen_ai.tool.definitions`, `gen_ai.tool.call.arguments` or `gen_ai.tool.call.result`. */
  readonly attribute: string;
  /** The value in the conventions' JSON form. The hook may return another value in its place. */
  readonly value: unknown;
}

/** How far an answer is held to what was asked for. `syntax`: what was promised as JSON parses. `schema`: it keeps the request's JSON Schemas as well. */
export type OutputValidation = 'syntax' | 'schema';

/** Caps of what is held in memory; each is reached only by hostile or broken traffic. */
export interface Limits {
  /** Operations that may be open at once; past it the oldest is ended as abandoned. Default 20,000. */
  readonly openOperations: number;
  /** Agents, tools and workflows that may be open at once; past it the oldest is ended as abandoned. Default 20,000. */
  readonly openSteps: number;
  /** Milliseconds without any sign of life after which an attempt is given up, and without anything beneath it, a step. Default 900,000. */
  readonly idleTimeout: number;
  /** Bytes of a request body that are read whole; of a longer one, its first 64 KiB. Default 262,144. */
  readonly requestBytes: number;
  /** Bytes of an answer's body that are held to be read whole. Default 1,048,576. */
  readonly responseBytes: number;
  /** Bytes of one content attribute. Default 65,536. */
  readonly contentBytes: number;
  /** Milliseconds for which an operation without an SDK boundary waits for a retry after a failure that clients retry. Default 20,000. */
  readonly retryWindow: number;
  /** Exchanges of one call that get a span: the first so many and the last. All of them are counted. Default 100. */
  readonly attemptSpans: number;
  /** Values of each attribute (model, provider, address, error type, service tier) that metrics tell apart; the others are counted as `_OTHER`. Default 100. */
  readonly labelValues: number;
  /** Times between chunks that are recorded of one stream: of a longer one, evenly spaced ones. Below 2: none. Default 32. */
  readonly chunkTimes: number;
}

/** Options that every Outspan instrumentation takes. */
export interface OutspanConfig {
  /**
   * Whether prompts and answers are recorded, and where. Default: what `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`
   * says (`true`, `SPAN_ONLY`, `EVENT_ONLY`, `SPAN_AND_EVENT`), else `none`.
   */
  captureContent?: ContentCapture;
  /** Called with each content attribute before it is recorded; what it returns is recorded instead, `undefined` drops it. If it throws, the attribute is dropped. */
  redact?: (item: ContentItem) => unknown;
  /** Providers beyond the built-in table; they are looked up first. */
  providers?: readonly ProviderRow[];
  /** Hosts of public providers that trace context is sent to all the same, or `true` for all. Default: none. */
  propagateTo?: true | readonly string[];
  /**
   * Whether only the newest names of the GenAI conventions are recorded. Default: whether `OTEL_SEMCONV_STABILITY_OPT_IN` lists
   * `gen_ai_latest_experimental`; otherwise both generations of metrics, and on spans the names that most backends read.
   */
  latestNames?: boolean;
  /**
   * Whether answers and tool arguments are checked against the JSON Schemas of their request. Default: what `OUTSPAN_VALIDATE_OUTPUT` says, else
   * `syntax`. With `schema`, the text of an answer is held until it ends, and the validator is loaded.
   */
  validateOutput?: OutputValidation;
  /** Caps; see {@link Limits}. */
  limits?: Partial<Limits>;
}

/** A configuration with every default settled. */
export interface Settings {
  readonly captureContent: ContentCapture;
  readonly redact: ((item: ContentItem) => unknown) | undefined;
  readonly providers: readonly ProviderRow[];
  readonly propagateTo: true | ReadonlySet<string>;
  readonly latestNames: boolean;
  readonly validateOutput: OutputValidation;
  readonly limits: Limits;
  /** Bytes of an answer's text that are kept until it ends; 0 where nothing asks for it. */
  readonly answerBytes: number;
  /** Bytes of a content attribute on a span, and in an event: `contentBytes`, or the SDK's limit where that is smaller. */
  readonly contentBytes: { readonly span: number; readonly event: number };
}

/** Bytes of an answer's text that are checked against a schema, at least. */
const CHECKED_BYTES = 65_536;

const DEFAULT_LIMITS: Limits = {
  openOperations: 20_000,
  openSteps: 20_000,
  idleTimeout: 900_000,
  requestBytes: 262_144,
  responseBytes: 1_048_576,
  contentBytes: 65_536,
  retryWindow: 20_000,
  attemptSpans: 100,
  labelValues: 100,
  chunkTimes: 32,
};

const CAPTURES: readonly ContentCapture[] = ['none', 'span', 'event', 'span_and_event'];
const CAPTURE_VARIABLE = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT';

// The convention names only the variable; the values are those of the Python and JavaScript implementations.
const CAPTURE_VALUES: Readonly<Record<string, ContentCapture>> = {
  true: 'span',
  '1': 'span',
  span_only: 'span',
  event_only: 'event',
  span_and_event: 'span_and_event',
  false: 'none',
  '0': 'none',
  '': 'none',
  none: 'none',
  no_content: 'none',
};

/** Settles a configuration: what is missing or makes no sense gets its default, the latter with a warning. */
export function settle(config: OutspanConfig, env: Readonly<Record<string, string | undefined>>): Settings {
  const { accepted, refusals } = acceptRows(config.providers ?? []);
  for (const refusal of refusals) announce(`provider:${refusal}`, refusal);
  const limits = settleLimits({ ...contentBytesFromEnv(env[CONTENT_BYTES_VARIABLE]), ...config.limits });
  const captureContent = captureFromConfig(config.captureContent) ?? captureFromEnv(env[CAPTURE_VARIABLE]);
  const validateOutput = validationOf(config.validateOutput, 'The option validateOutput') ?? validationOf(env[VALIDATION_VARIABLE], VALIDATION_VARIABLE) ?? 'syntax';
  if (validateOutput === 'schema') void loadValidator();
  return {
    captureContent,
    redact: config.redact,
    providers: accepted,
    propagateTo: config.propagateTo === true ? true : new Set(config.propagateTo),
    latestNames: config.latestNames ?? latestNamesFromEnv(env[NAMES_VARIABLE]),
    validateOutput,
    limits,
    answerBytes: Math.max(captureContent === 'none' ? 0 : limits.contentBytes, validateOutput === 'schema' ? CHECKED_BYTES : 0),
    contentBytes: {
      span: Math.min(limits.contentBytes, sdkLimit(env, 'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT')),
      event: Math.min(limits.contentBytes, sdkLimit(env, 'OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT')),
    },
  };
}

/**
 * The length at which the SDK cuts a value, in characters: none of them is shorter than a byte. The SDK takes 0 for no limit.
 *
 * @param own the variable of one signal, which goes before that of all
 */
function sdkLimit(env: Readonly<Record<string, string | undefined>>, own: string): number {
  return [env[own], env['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT']].map(wholeNumber).find((limit) => limit !== undefined) || Infinity;
}

function wholeNumber(value: string | undefined): number | undefined {
  const text = value?.trim() ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

const CONTENT_BYTES_VARIABLE = 'OUTSPAN_CONTENT_BYTES';

function contentBytesFromEnv(value: string | undefined): Partial<Limits> {
  const contentBytes = wholeNumber(value);
  if (contentBytes === undefined && (value ?? '').trim() !== '') announce(CONTENT_BYTES_VARIABLE, `${CONTENT_BYTES_VARIABLE} must be a whole number of bytes. Using the default, ${DEFAULT_LIMITS.contentBytes}.`);
  return contentBytes === undefined ? {} : { contentBytes };
}

function captureFromConfig(value: unknown): ContentCapture | undefined {
  const capture = CAPTURES.find((one) => one === value);
  if (capture === undefined && value !== undefined) announce('captureContent', `The option captureContent must be one of ${CAPTURES.join(', ')}; what the environment says holds.`);
  return capture;
}

function captureFromEnv(value: string | undefined): ContentCapture {
  const capture = CAPTURE_VALUES[(value ?? '').trim().toLowerCase()];
  if (capture !== undefined) return capture;
  announce(CAPTURE_VARIABLE, `${CAPTURE_VARIABLE} has a value that is not known; no content is captured. Use true, SPAN_ONLY, EVENT_ONLY or SPAN_AND_EVENT.`);
  return 'none';
}

const VALIDATION_VARIABLE = 'OUTSPAN_VALIDATE_OUTPUT';

function validationOf(value: unknown, source: string): OutputValidation | undefined {
  const said = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (said === undefined || said === '') return undefined;
  if (said === 'syntax' || said === 'schema') return said;
  announce(VALIDATION_VARIABLE, `${source} must be syntax or schema. Answers are not checked against schemas.`);
  return undefined;
}

const NAMES_VARIABLE = 'OTEL_SEMCONV_STABILITY_OPT_IN';
const LATEST_NAMES = 'gen_ai_latest_experimental';

/** Entries of other domains, such as `http/dup`, are none of ours. */
function latestNamesFromEnv(value: string | undefined): boolean {
  const entries = (value ?? '').split(',').map((entry) => entry.trim().toLowerCase());
  const unknown = entries.find((entry) => entry.startsWith('gen_ai') && entry !== LATEST_NAMES);
  if (unknown !== undefined) announce(NAMES_VARIABLE, `${NAMES_VARIABLE} has an entry for GenAI that is not known. Known: ${LATEST_NAMES}. Without it both generations of metrics are recorded.`);
  return entries.includes(LATEST_NAMES);
}

function settleLimits(limits: Partial<Limits>): Limits {
  const settled: { -readonly [key in keyof Limits]: number } = { ...DEFAULT_LIMITS };
  for (const key of Object.keys(DEFAULT_LIMITS)) {
    if (!isLimit(key)) continue;
    const value = limits[key];
    if (value === undefined) continue;
    if (Number.isFinite(value) && value >= 0) settled[key] = value;
    else announce(`limit:${key}`, `The limit ${key} must be a number of at least 0; its default ${DEFAULT_LIMITS[key]} holds.`);
  }
  return settled;
}

function isLimit(key: string): key is keyof Limits {
  return Object.hasOwn(DEFAULT_LIMITS, key);
}
