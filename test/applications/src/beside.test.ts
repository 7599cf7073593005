import { checkSetUps } from './check.ts';
import { recordSafety } from './safety-rows.ts';
import { langfuse, sentry, sentryCounts } from './seen/others.ts';
import { calls, type SetUp } from './set-up.ts';
import { DATADOG, LANGFUSE, SENTRY_10, SENTRY_11, TRACELOOP, VERCEL } from './trees.ts';

recordSafety('beside', "beside other vendors' products");

// Beside other vendors' products: each goes on as without Outspan, and each call is recorded once.

const REGISTER = ['--import', '@outspan/node/register'];
const INSTRUMENT = ['--import', '@outspan/node/instrument'];

const SENTRY = { node: ['--import', './sentry.mjs'], app: ['sentry-calls.mjs'], long: true } as const;
/** Sentry registers a tracer provider of its own: what we record goes to Sentry. */
const WITH_ITS_PROVIDER = { env: { SENTRY: '{"enableOpenTelemetrySetup":true}' } };
/** Sentry's span of a call is the operation. Its spans of requests are beside the attempts, unless it is told to leave those requests alone. */
const IN_SENTRY: Pick<SetUp, 'theirs' | 'theySee' | 'sees'> = { theirs: sentryCounts, theySee: ['4 LLM calls', '12 requests'], sees: { traces: [], counted: [0, 0] } };
const ONCE_IN_SENTRY: typeof IN_SENTRY & { readonly withEnv: Readonly<Record<string, string>> } = { ...IN_SENTRY, theySee: ['4 LLM calls', '6 requests'], withEnv: { SENTRY_IGNORES: '1' } };

const BESIDE_SENTRY: readonly SetUp[] = [
  { tree: SENTRY_11, name: 'Sentry 11, register before it, an ES module', ...SENTRY, with: REGISTER, theirs: sentry, sees: calls('sdk', 'nothing') },
  { tree: SENTRY_11, name: 'Sentry 11, register after it, an ES module', ...SENTRY, withAfter: REGISTER, theirs: sentry, sees: calls('sdk', 'nothing') },
  { tree: SENTRY_11, name: 'Sentry 11, register before it, CommonJS', ...SENTRY, app: ['sentry-calls.cjs'], with: ['--require', '@outspan/node/register'], theirs: sentry, sees: calls('sdk', 'nothing') },
  { tree: SENTRY_11, name: 'Sentry 11 with enableOpenTelemetrySetup, instrument before it', ...SENTRY, ...WITH_ITS_PROVIDER, with: INSTRUMENT, ...IN_SENTRY },
  { tree: SENTRY_11, name: 'Sentry 11 with enableOpenTelemetrySetup, instrument after it, LLM requests left to Outspan', ...SENTRY, ...WITH_ITS_PROVIDER, withAfter: INSTRUMENT, ...ONCE_IN_SENTRY },
  { tree: SENTRY_10, name: 'Sentry 10, which has a provider of its own, instrument before it, LLM requests left to Outspan', ...SENTRY, with: INSTRUMENT, ...ONCE_IN_SENTRY },
  { tree: SENTRY_10, name: 'Sentry 10, which has a provider of its own, instrument after it', ...SENTRY, withAfter: INSTRUMENT, ...IN_SENTRY },
  { tree: SENTRY_10, name: 'Sentry 10 with skipOpenTelemetrySetup, register: its span is the operation', ...SENTRY, env: { SENTRY: '{"skipOpenTelemetrySetup":true}' }, with: REGISTER, sees: calls('native') },
];

/** Langfuse's processor takes spans that have attributes of the GenAI conventions, which attempts have not. */
const OPERATIONS = calls('sdk', 'nothing').traces.map((operation) => operation.split('\n').slice(0, 1).join());

/** All spans go to Langfuse, the metrics to the usual backend. */
const COUNTED: SetUp['sees'] = { traces: [], counted: calls('sdk').counted };

const BESIDE_LANGFUSE: readonly SetUp[] = [
  { tree: LANGFUSE, name: '@langfuse/otel in an SDK of its own, instrument: Langfuse gets the operations', node: ['--import', './langfuse.mjs'], with: INSTRUMENT, app: ['plain.mjs'], theirs: langfuse, theySee: OPERATIONS, sees: COUNTED },
  { tree: LANGFUSE, name: '@langfuse/otel given to start(): Langfuse gets the operations, beside the usual backend', with: ['--import', './langfuse-start.mjs'], app: ['plain.mjs'], theirs: langfuse, theySee: OPERATIONS, sees: { ...calls('sdk', 'nothing'), sdk: '2.12.0' } },
  { tree: LANGFUSE, name: '@langfuse/openai, instrument: its generation is beside the operation', node: ['--import', './langfuse.mjs'], with: INSTRUMENT, app: ['langfuse-calls.mjs'], theirs: langfuse, theySee: [...OPERATIONS.map(() => 'OpenAI.chat'), ...OPERATIONS], sees: COUNTED },
];

const BESIDE_VERCEL: readonly SetUp[] = [
  { tree: VERCEL, name: '@vercel/otel, instrument before it', node: ['--import', './vercel.mjs'], with: INSTRUMENT, app: ['vercel-calls.mjs'], sees: { ...calls('sdk'), counted: [0, 0] } },
  { tree: VERCEL, name: '@vercel/otel, instrument after it', node: ['--import', './vercel.mjs'], withAfter: INSTRUMENT, app: ['vercel-calls.mjs'], sees: { ...calls('sdk'), counted: [0, 0] } },
];

const BESIDE_TRACELOOP: readonly SetUp[] = [
  { tree: TRACELOOP, name: "Traceloop's SDK, instrument, an ES module", long: true, node: ['--import', './traceloop.mjs'], with: INSTRUMENT, app: ['calls.mjs'], sees: { ...calls('sdk'), counted: [0, 0] } },
  { tree: TRACELOOP, name: "Traceloop's SDK, instrument before it, CommonJS: its span is the operation", long: true, node: ['--require', './traceloop.cjs'], with: ['--require', '@outspan/node/instrument'], app: ['calls.cjs'], sees: { ...calls('native'), counted: [0, 0] } },
  { tree: TRACELOOP, name: "Traceloop's SDK, instrument after it, CommonJS: its span is the operation", long: true, node: ['--require', './traceloop.cjs'], withAfter: ['--require', '@outspan/node/instrument'], app: ['calls.cjs'], sees: { ...calls('native'), counted: [0, 0] } },
];

/** Datadog's agent cannot be reached, and its tracer is not told to export by OTLP. */
const DATADOG_ALONE = { DD_TRACE_AGENT_URL: 'http://127.0.0.1:9', DD_TRACE_STARTUP_LOGS: 'false', DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false', OTEL_TRACES_EXPORTER: '' };
const ESM = ['--import', 'dd-trace/initialize.mjs'];
const COMMONJS = ['--require', 'dd-trace/init'];

const BESIDE_DATADOG: readonly SetUp[] = [
  { name: 'dd-trace, register before it, an ES module', with: REGISTER, node: ESM, app: ['plain.mjs'] },
  { name: 'dd-trace, register after it, an ES module', withAfter: REGISTER, node: ESM, app: ['plain.mjs'] },
  { name: 'dd-trace by --loader, register before it, an ES module', with: REGISTER, node: ['--loader', 'dd-trace/loader-hook.mjs', ...ESM], app: ['plain.mjs'] },
  { name: 'dd-trace, register before it, CommonJS', with: ['--require', '@outspan/node/register'], node: COMMONJS, app: ['plain.cjs'] },
  { name: 'dd-trace, register after it, CommonJS', withAfter: ['--require', '@outspan/node/register'], node: COMMONJS, app: ['plain.cjs'] },
].map((row) => ({ ...row, tree: DATADOG, long: true, env: DATADOG_ALONE, sees: calls('sdk', 'nothing') }));

checkSetUps([...BESIDE_SENTRY, ...BESIDE_LANGFUSE, ...BESIDE_VERCEL, ...BESIDE_TRACELOOP, ...BESIDE_DATADOG]);
