import type { DiagLogger, DiagLogLevel } from '@opentelemetry/api';
import { diag, escaped, ownDiagLogger, registered, writeStderr } from '@outspan/core';
import { paletteFor } from '../console-tree/colours.ts';
import { TreeSpanProcessor } from '../console-tree/tree-span-processor.ts';
import { exportersBesideTree } from '../console-view.ts';
import { withVariables } from '../environment/borrowed.ts';
import type { CheckedEnvironment } from '../environment/check.ts';
import { VARIABLES } from '../environment/variables.ts';
import { logLevel, StderrLogger } from '../stderr-log.ts';
import { bundledSdk } from './bundled.ts';
import { findSdk } from './find.ts';
import type { FoundSdk } from './find.ts';
import { packageOf } from './modules.ts';
import { makeProviders } from './providers.ts';
import type { Additions } from './providers.ts';
import { registerProviders } from './registration.ts';
import { attributesOf } from './resource.ts';
import { isSelfObserved, selfObservation } from './self-observation.ts';
import { keepContextFromPublicProviders } from './trace-context.ts';

/** What was started. */
export interface RunningSdk {
  /** What the SDK is called and its version, for a reader. */
  readonly name: string;
  shutdown(): Promise<void>;
}

const NOTHING: Additions = { spanProcessors: [], metricReaders: [], resource: {} };

/**
 * Starts the OpenTelemetry SDK that the application's tree has, from its variables, with the tree beside its exporters if
 * `OUTSPAN_CONSOLE` asks for it.
 *
 * @param environment the checked variables; what is not in them is read from `process.env` by the SDK
 * @param additions what is added to what the variables ask for
 * @param logger what the SDK has to say goes there; by default to standard error
 * @throws where there is no SDK, or it cannot be started
 */
export function startSdk(environment: CheckedEnvironment, additions: Additions = NOTHING, logger?: DiagLogger): RunningSdk {
  const sdk = findSdk();
  if (sdk === undefined) return startBundled(environment, additions);
  const level = environment.values['OTEL_LOG_LEVEL'];
  setDiagLogger(sdk, logger ?? new StderrLogger(writeStderr, level !== undefined), logLevel(level));
  // The second is the older name.
  const file = environment.values['OTEL_CONFIG_FILE'] ?? environment.values['OTEL_EXPERIMENTAL_CONFIG_FILE'];
  const shutdown = file === undefined ? startFromVariables(sdk, environment, additions) : startFromFile(sdk, file, environment, additions);
  keepContextFromPublicProviders();
  return { name: `@opentelemetry/sdk-node ${sdk.version}`, shutdown };
}

/** What the SDK says is shown, unless the application has a logger. What Outspan says does not need this. */
function setDiagLogger(sdk: FoundSdk, logger: DiagLogger, level: DiagLogLevel): void {
  if (registered('diag') !== undefined) return;
  packageOf(sdk, '@opentelemetry/api').diag.setLogger(logger, { logLevel: level });
  ownDiagLogger();
}

function startFromVariables(sdk: FoundSdk, environment: CheckedEnvironment, additions: Additions): RunningSdk['shutdown'] {
  const tree = environment.values['OUTSPAN_CONSOLE'] === 'tree';
  const values = { ...environment.values, ...(tree ? exportersBesideTree(environment.values) : {}) };
  const readBySdk = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, values[name]]));
  const processors = [...(tree ? [new TreeSpanProcessor({ palette: paletteFor(process.env, process.stderr.isTTY) })] : []), ...additions.spanProcessors];
  const providers = withVariables({ ...readBySdk, ...selfObservation(process.env) }, () => makeProviders(sdk, values, isSelfObserved(process.env), { ...additions, spanProcessors: processors }));
  registerProviders(sdk, providers);
  return async () => {
    await Promise.all([providers.trace, providers.metrics, providers.logs].map(shutDown));
  };
}

async function shutDown(provider: object | undefined): Promise<void> {
  if (provider !== undefined && 'shutdown' in provider && typeof provider.shutdown === 'function') await provider.shutdown();
}

type Start = (options: object) => unknown;

/** How an SDK starts itself; the older ones only by a class. */
function ownStart(exports: unknown): Start | undefined {
  if (typeof exports !== 'object' || exports === null) return undefined;
  const start: unknown = Reflect.get(exports, 'startNodeSdk') ?? Reflect.get(exports, 'startNodeSDK');
  return isStart(start) ? start : undefined;
}

function isStart(value: unknown): value is Start {
  return typeof value === 'function';
}

/** The parts of an SDK in a bundle cannot be told apart: it starts itself, from the variables. */
function startBundled(environment: CheckedEnvironment, additions: Additions): RunningSdk {
  const start = ownStart(bundledSdk());
  if (start === undefined) throw new Error('@opentelemetry/sdk-node cannot be found: install it, in a version from 0.203 on, or use @outspan/node/instrument beside an SDK of your own');
  const tree = environment.values['OUTSPAN_CONSOLE'] === 'tree';
  const spanProcessors = [...(tree ? [new TreeSpanProcessor({ palette: paletteFor(process.env, process.stderr.isTTY) })] : []), ...additions.spanProcessors];
  const values = { ...environment.values, ...(tree ? exportersBesideTree(environment.values) : {}), OTEL_LOG_LEVEL: environment.values['OTEL_LOG_LEVEL'] ?? 'none' };
  const readBySdk = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, Reflect.get(values, name)]));
  const running = withVariables(readBySdk, () => start({ instrumentations: [], resourceAttributes: attributesOf(additions.resource), ...(spanProcessors.length > 0 && { spanProcessors }), ...(additions.metricReaders.length > 0 && { metricReaders: additions.metricReaders }) }));
  keepContextFromPublicProviders();
  return { name: 'the bundled OpenTelemetry SDK', shutdown: () => shutDown(Object(running)) };
}

/** By the SDK's own reader of the file: what it configures is all there is. */
function startFromFile(sdk: FoundSdk, file: string, environment: CheckedEnvironment, additions: Additions): RunningSdk['shutdown'] {
  if (environment.values['OUTSPAN_CONSOLE'] === 'tree') diag.warn('OUTSPAN_CONSOLE has no effect beside OTEL_CONFIG_FILE, whose span processors are the only ones');
  if ([...additions.spanProcessors, ...additions.metricReaders, ...Object.keys(attributesOf(additions.resource))].length > 0) diag.warn('what start() is given has no effect beside OTEL_CONFIG_FILE, except for instrumentations');
  const start = ownStart(sdk.load('@opentelemetry/sdk-node'));
  if (start === undefined) throw new Error(`OTEL_CONFIG_FILE: @opentelemetry/sdk-node ${escaped(sdk.version)} cannot be started from a file, newer ones can`);
  const { diag: ofSdk } = packageOf(sdk, '@opentelemetry/api');
  // oxlint-disable-next-line typescript/unbound-method -- put back as it was
  const { setLogger } = ofSdk;
  // The SDK would install one that writes to standard output.
  ofSdk.setLogger = () => false;
  try {
    const running = withVariables({ OTEL_CONFIG_FILE: file }, () => start({ instrumentations: [] }));
    return () => shutDown(Object(running));
  } finally {
    ofSdk.setLogger = setLogger;
  }
}
