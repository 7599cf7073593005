/** Another product that instruments LLM calls, or all HTTP. */
export interface Rival {
  /** Of its npm package. */
  readonly pattern: RegExp;
  /** What happens where both are on. */
  readonly beside: string;
}

const ADOPTED = 'makes the span of a call by itself; Outspan adopts that span, so there is still one for each call';
const BESIDE = 'makes spans of its own kind beside the operations of Outspan; no backend of GenAI spans counts them';
const OWN = 'makes spans of its own for the same calls, in a tracer that Outspan does not see: each call is recorded in both';

/** The first row that fits counts. */
export const RIVALS: readonly Rival[] = [
  { pattern: /^@traceloop\/(?:instrumentation-(?!utils$).+|node-server-sdk)$/, beside: ADOPTED },
  { pattern: /^@arizeai\/openinference-instrumentation-.+$/, beside: ADOPTED },
  { pattern: /^@langfuse\/(?:openai|langchain|tracing)$/, beside: BESIDE },
  { pattern: /^@opentelemetry\/instrumentation-openai$/, beside: ADOPTED },
  { pattern: /^@sentry\/(?:node|nextjs|nestjs|remix|astro|sveltekit|nuxt)$/, beside: BESIDE },
  { pattern: /^openlit$/, beside: 'is not tested beside Outspan: a call may have two operation spans' },
  { pattern: /^@opentelemetry\/instrumentation-(?:undici|http)$|^@opentelemetry\/auto-instrumentations-node$/, beside: 'makes the span of an HTTP request; Outspan shares that span, so there is still one for each attempt' },
  { pattern: /^@elastic\/opentelemetry-node$/, beside: 'starts an SDK of its own: load @outspan/node/instrument beside it, not register' },
  { pattern: /^dd-trace$/, beside: OWN },
  { pattern: /^newrelic$/, beside: OWN },
];

/** What is known of a package, if it is another product of this kind. */
export function rivalOf(name: string): Rival | undefined {
  return RIVALS.find(({ pattern }) => pattern.test(name));
}
