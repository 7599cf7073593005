import type { Manager } from './installed/managers.ts';
import type { Word } from './seen/words.ts';

/** What an application has installed before Outspan comes, and how. Each is installed once, and found again by its content. */
export interface Tree {
  /** Completes "in a tree with …". */
  readonly name: string;
  /** By npm name, at exact versions. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Default: npm. */
  readonly manager?: Manager;
  /** Packages of the application's own repository (npm workspaces) with dependencies of their own, by the folder in apps/ that holds them. */
  readonly members?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What is added to it. Default: `@outspan/node`. */
  readonly outspan?: readonly string[];
  /** The version that its OpenTelemetry SDK gives of itself (`telemetry.sdk.version`), where it has one. */
  readonly sdk?: string;
  /** What the package manager says of packages that do not fit together, where Outspan cannot help it. */
  readonly conflicts?: readonly string[];
  /** What `register` says in it. */
  readonly says?: readonly Word[];
}

/** The application's LLM SDK and HTTP client. */
const CLIENTS = { openai: '7.57.0', axios: '1.21.1' };
const EACH_BY_ITSELF = ['@outspan/node', '@outspan/instrumentation-openai', '@outspan/instrumentation-undici'];

const API = '@opentelemetry/api';
const SDK = '@opentelemetry/sdk-node';
const INSTRUMENTATION = '@opentelemetry/instrumentation';
const AUTO = '@opentelemetry/auto-instrumentations-node';
const UNDICI = '@opentelemetry/instrumentation-undici';
const HTTP = '@opentelemetry/instrumentation-http';

/** What an application uses of the SDK by itself. */
const parts = (sdk: string, experimental: string, traces: string): Readonly<Record<string, string>> => ({
  [traces]: sdk,
  '@opentelemetry/sdk-metrics': sdk,
  '@opentelemetry/resources': sdk,
  '@opentelemetry/exporter-trace-otlp-http': experimental,
  '@opentelemetry/exporter-metrics-otlp-http': experimental,
});

/** The generations of OpenTelemetry that applications have, with what belongs to each. */
export const SDK_203: Tree = {
  name: 'OpenTelemetry SDK 0.203.0, API 1.9.0',
  dependencies: { ...CLIENTS, [API]: '1.9.0', [SDK]: '0.203.0', [INSTRUMENTATION]: '0.203.0', [UNDICI]: '0.14.0', [HTTP]: '0.203.0', [AUTO]: '0.62.0' },
  outspan: EACH_BY_ITSELF,
  sdk: '2.0.1',
};

export const SDK_223: Tree = {
  name: 'OpenTelemetry SDK 0.223.0, API 1.9.1',
  dependencies: { ...CLIENTS, [API]: '1.9.1', [SDK]: '0.223.0', [INSTRUMENTATION]: '0.223.0', [UNDICI]: '0.33.0', [HTTP]: '0.223.0', [AUTO]: '0.81.2', ...parts('2.12.0', '0.223.0', '@opentelemetry/sdk-trace-base') },
  outspan: EACH_BY_ITSELF,
  sdk: '2.12.0',
};

export const SDK_300: Tree = {
  name: 'OpenTelemetry SDK 0.300.0, API 1.10.0',
  dependencies: { ...CLIENTS, [API]: '1.10.0', [SDK]: '0.300.0', [INSTRUMENTATION]: '0.300.0', [UNDICI]: '0.34.0', [HTTP]: '0.300.0', [AUTO]: '0.82.0' },
  outspan: EACH_BY_ITSELF,
  sdk: '3.0.0',
};

/** Without auto-instrumentations-node, which has no version for this SDK. */
export const SDK_301: Tree = {
  name: 'OpenTelemetry SDK 0.301.0, API 1.10.0',
  dependencies: { ...CLIENTS, [API]: '1.10.0', [SDK]: '0.301.0', [INSTRUMENTATION]: '0.301.0', [HTTP]: '0.301.0', ...parts('3.1.0', '0.301.0', '@opentelemetry/sdk-trace') },
  outspan: EACH_BY_ITSELF,
  sdk: '3.1.0',
};

export const API_ONLY: Tree = { name: 'the API 1.9.1 alone, without an SDK', dependencies: { ...CLIENTS, [API]: '1.9.1' } };

export const NOTHING: Tree = { name: 'nothing of OpenTelemetry', dependencies: CLIENTS };

/** The SDK of one member of a repository has another version of the API than the application. */
export const OLDER_API_NESTED: Tree = {
  name: "API 1.9.1 beneath the SDK of a repository's own package, 1.10.0 at the top",
  dependencies: { ...CLIENTS, [API]: '1.10.0' },
  members: { telemetry: { [API]: '1.9.1', [SDK]: '0.223.0' } },
  sdk: '2.12.0',
};

export const NEWER_API_NESTED: Tree = {
  name: "API 1.10.0 beneath the SDK of a repository's own package, 1.9.1 at the top",
  dependencies: { ...CLIENTS, [API]: '1.9.1' },
  members: { telemetry: { [API]: '1.10.0', [SDK]: '0.301.0' } },
  sdk: '3.1.0',
};

/** Beside other vendors' products, each at what was current. */
export const SENTRY_10: Tree = { name: '@sentry/node 10.78.0', dependencies: { ...CLIENTS, '@sentry/node': '10.78.0' } };
export const SENTRY_11: Tree = { name: '@sentry/node 11.12.0', dependencies: { ...CLIENTS, '@sentry/node': '11.12.0' } };
export const LANGFUSE: Tree = {
  name: '@langfuse/otel and @langfuse/openai 5.11.1',
  dependencies: { ...CLIENTS, '@langfuse/openai': '5.11.1', '@langfuse/otel': '5.11.1', [API]: '1.9.1', [SDK]: '0.223.0', '@opentelemetry/core': '2.12.0', '@opentelemetry/sdk-trace-base': '2.12.0', '@opentelemetry/exporter-trace-otlp-http': '0.223.0' },
  sdk: '2.12.0',
};
export const VERCEL: Tree = {
  name: '@vercel/otel 2.1.3',
  dependencies: { ...CLIENTS, '@vercel/otel': '2.1.3', [API]: '1.9.1', '@opentelemetry/api-logs': '0.223.0', [INSTRUMENTATION]: '0.223.0', '@opentelemetry/resources': '2.12.0', '@opentelemetry/sdk-logs': '0.223.0', '@opentelemetry/sdk-metrics': '2.12.0', '@opentelemetry/sdk-trace-base': '2.12.0' },
};
export const TRACELOOP: Tree = { name: '@traceloop/node-server-sdk 0.27.0', dependencies: { ...CLIENTS, openai: '6.49.0', '@traceloop/node-server-sdk': '0.27.0', [API]: '1.9.1', '@opentelemetry/exporter-trace-otlp-http': '0.203.0' } };
export const DATADOG: Tree = { name: 'dd-trace 6.21.0', dependencies: { ...CLIENTS, 'dd-trace': '6.21.0' } };

/** What builds servers of an application. */
export const NEXT: Tree = { name: 'next 16.4.6', dependencies: { ...CLIENTS, next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1', [API]: '1.10.0', [SDK]: '0.301.0' } };
export const NITRO: Tree = { name: 'nitropack 2.13.6', dependencies: { ...CLIENTS, nitropack: '2.13.6' } };

/** The same tree, installed otherwise. */
export function by(manager: Manager, tree: Tree): Tree {
  return { ...tree, name: `${tree.name}, by ${manager}`, manager };
}

/** The trees that are installed by something else than plain npm. */
export const OTHERWISE: readonly Tree[] = [
  by('npm install --legacy-peer-deps', SDK_203),
  by('npm install --legacy-peer-deps', SDK_301),
  by('npm install --legacy-peer-deps', NOTHING),
  by('pnpm', SDK_203),
  by('pnpm', SDK_301),
  // pnpm takes the newest SDK, and gives it the application's API.
  { ...by('pnpm', API_ONLY), conflicts: ['[WARN] Issues with peer dependencies found. Run "pnpm peers check" to list them.'], says: ['log records are not exported'] },
  by('pnpm', NOTHING),
  by('yarn 1', SDK_223),
  by('yarn 1', API_ONLY),
  by("yarn with Plug'n'Play", SDK_301),
];

/** Every tree of the short form. */
export const TREES: readonly Tree[] = [SDK_203, SDK_223, SDK_300, SDK_301, API_ONLY, NOTHING, OLDER_API_NESTED, NEWER_API_NESTED, LANGFUSE, VERCEL, ...OTHERWISE];

/** Those of the long form alone, which take long to install. */
export const LONG_TREES: readonly Tree[] = [SENTRY_10, SENTRY_11, TRACELOOP, DATADOG, NEXT, NITRO];
