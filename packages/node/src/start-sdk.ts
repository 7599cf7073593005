import { diag } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { startNodeSdk } from '@opentelemetry/sdk-node';
import { paletteFor } from './console-tree/colours.ts';
import { TreeSpanProcessor } from './console-tree/tree-span-processor.ts';
import { exportersBesideTree } from './console-view.ts';
import { withVariables } from './environment/borrowed.ts';
import type { CheckedEnvironment } from './environment/check.ts';
import { VARIABLES } from './environment/variables.ts';
import { DEFAULT_DETECTORS } from './resource.ts';
import { selfObservation } from './self-observation.ts';
import { exportingSpanProcessors } from './span-processors.ts';
import { keepContextFromPublicProviders } from './trace-context.ts';

/** What was started. */
export interface RunningSdk {
  shutdown(): Promise<void>;
}

/** Runs `start` without letting it replace the diag logger: the SDK would install one that writes to standard output. */
function keepingLogger<T>(start: () => T): T {
  const { setLogger } = diag;
  diag.setLogger = () => false;
  try {
    return start();
  } finally {
    diag.setLogger = setLogger;
  }
}

/**
 * Starts the OpenTelemetry SDK from its variables, with the tree beside its exporters if `OUTSPAN_CONSOLE` asks for it.
 *
 * @param environment the checked variables; what is not in them is read from `process.env` by the SDK
 */
export function startSdk(environment: CheckedEnvironment, instrumentations: Instrumentation[]): RunningSdk {
  const sdk = start(environment, instrumentations);
  keepContextFromPublicProviders();
  return sdk;
}

function start(environment: CheckedEnvironment, instrumentations: Instrumentation[]): RunningSdk {
  const tree = environment.values['OUTSPAN_CONSOLE'] === 'tree';
  const values = { ...environment.values, ...(tree ? exportersBesideTree(environment.values) : {}) };
  const readBySdk = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, values[name]]));
  if ((process.env['OTEL_CONFIG_FILE'] ?? '').trim() !== '') {
    if (tree) diag.warn('outspan: OUTSPAN_CONSOLE has no effect beside OTEL_CONFIG_FILE, whose span processors are the only ones');
    return keepingLogger(() => startNodeSdk({ instrumentations }));
  }
  return withVariables({ ...readBySdk, ...selfObservation(process.env) }, () =>
    keepingLogger(() =>
      startNodeSdk({
        instrumentations,
        ...(values['OTEL_NODE_RESOURCE_DETECTORS'] === undefined ? { resourceDetectors: [...DEFAULT_DETECTORS] } : {}),
        ...(tree ? { spanProcessors: [new TreeSpanProcessor({ palette: paletteFor(process.env, process.stderr.isTTY) }), ...exportingSpanProcessors(values)] } : {}),
      }),
    ),
  );
}
