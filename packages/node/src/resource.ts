import { hostDetector, osDetector, processDetector, serviceInstanceIdDetector, serviceNameEnvDetector, type ResourceDetector } from '@opentelemetry/resources';

/** A command line may hold keys (`--api-key=…`), and none leaves by default. */
const PRIVATE = new Set(['process.command_args', 'process.command_line']);

const processWithoutArguments: ResourceDetector = {
  detect(config) {
    const { attributes = {} } = processDetector.detect(config);
    return { attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => !PRIVATE.has(name))) };
  },
};

/**
 * The SDK's default detectors (service, host, process), without the arguments of the process.
 * Whoever names detectors in `OTEL_NODE_RESOURCE_DETECTORS` gets exactly those.
 */
export const DEFAULT_DETECTORS: readonly ResourceDetector[] = [serviceInstanceIdDetector, serviceNameEnvDetector, hostDetector, osDetector, processWithoutArguments];
