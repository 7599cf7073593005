/** How the application is run. */
export interface Setting {
  readonly name: string;
  /** What starts telemetry: nothing; `@outspan/node/register`; an SDK of the application's own with a hook that replaces all content, or with a narrow bound. */
  readonly start: 'nothing' | 'register' | 'hook' | 'bound';
  readonly protocol: 'http/protobuf' | 'http/json';
  /** `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`. */
  readonly content: 'NO_CONTENT' | 'SPAN_ONLY' | 'EVENT_ONLY' | 'SPAN_AND_EVENT';
  /** The calls go to the public hosts of the providers, through a proxy with a password. */
  readonly proxied: boolean;
}

const DEFAULT: Omit<Setting, 'name'> = { start: 'register', protocol: 'http/protobuf', content: 'NO_CONTENT', proxied: false };

/** As an application is run that changed nothing, in both encodings of OTLP. */
export const BY_DEFAULT: readonly Setting[] = [
  { ...DEFAULT, name: 'by default, OTLP as protobuf' },
  { ...DEFAULT, name: 'by default, OTLP as JSON', protocol: 'http/json' },
];

/** The same calls without telemetry. */
export const UNTRACED: Setting = { ...DEFAULT, name: 'untraced', start: 'nothing' };

/** Public hosts, with and without. */
export const PUBLIC: Setting = { ...DEFAULT, name: 'to public providers through a proxy', protocol: 'http/json', proxied: true };
/** {@link PUBLIC} without telemetry. */
export const PUBLIC_UNTRACED: Setting = { ...PUBLIC, name: 'to public providers through a proxy, untraced', start: 'nothing' };

/** With content opted in. */
export const WITH_CONTENT: readonly Setting[] = (['SPAN_ONLY', 'EVENT_ONLY', 'SPAN_AND_EVENT'] as const).map((content) => ({ ...DEFAULT, name: `with content ${content}`, protocol: 'http/json', content }));

/** With content, and a hook that lets nothing of it through. */
export const HOOKED: Setting = { ...DEFAULT, name: 'with content and a redaction hook', protocol: 'http/json', content: 'SPAN_AND_EVENT', start: 'hook' };

/** `limits.contentBytes` of {@link BOUNDED}. */
export const NARROW_BOUND = 700;
/** With content in few bytes. */
export const BOUNDED: Setting = { ...DEFAULT, name: 'with content in few bytes', protocol: 'http/json', content: 'SPAN_AND_EVENT', start: 'bound' };
