import { accessSync, constants } from 'node:fs';
import { hostDetector, osDetector, processDetector, serviceInstanceIdDetector, serviceNameEnvDetector, type ResourceDetector } from '@opentelemetry/resources';

/** A command line may hold keys (`--api-key=…`), and none leaves by default. */
const PRIVATE = new Set(['process.command_args', 'process.command_line']);

const processWithoutArguments: ResourceDetector = {
  detect(config) {
    const { attributes = {} } = processDetector.detect(config);
    return { attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => !PRIVATE.has(name))) };
  },
};

/** Where Linux keeps the id of the machine. Containers often have none, and Node's permission model may hide it. */
const MACHINE_ID = ['/etc/machine-id', '/var/lib/dbus/machine-id'];

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** The SDK's detector warns at every start of an id that it could not find; nobody asked for it, and nothing else is missing. */
const hostWithoutMissingId: ResourceDetector = {
  detect(config) {
    const { attributes = {} } = hostDetector.detect(config);
    if (process.platform !== 'linux' || MACHINE_ID.some(isReadable)) return { attributes };
    return { attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== 'host.id')) };
  },
};

/**
 * The SDK's default detectors (service, host, process), without the arguments of the process.
 * Whoever names detectors in `OTEL_NODE_RESOURCE_DETECTORS` gets exactly those.
 */
export const DEFAULT_DETECTORS: readonly ResourceDetector[] = [serviceInstanceIdDetector, serviceNameEnvDetector, hostWithoutMissingId, osDetector, processWithoutArguments];
