import { accessSync, constants } from 'node:fs';
import type { Attributes } from '@opentelemetry/api';
import type { Resource, ResourceDetector } from '@opentelemetry/resources';
import type { FoundSdk } from './find.ts';
import { packageOf } from './modules.ts';

type Resources = ReturnType<typeof packageOf<'@opentelemetry/resources'>>;

/** A resource of the OpenTelemetry SDK 2 or 3, of any copy. */
export interface GivenResource {
  readonly attributes: Attributes;
  getRawAttributes(): [string, unknown][];
  merge(other: GivenResource | null): GivenResource;
}

function isResource(given: Attributes | GivenResource): given is GivenResource {
  return typeof given['getRawAttributes'] === 'function';
}

/** The attributes of a resource, without those that are still being detected. */
export function attributesOf(given: Attributes | GivenResource): Attributes {
  return isResource(given) ? given.attributes : given;
}

/** A command line may hold keys (`--api-key=…`), and none leaves by default. */
const PRIVATE = new Set(['process.command_args', 'process.command_line']);

function processWithoutArguments({ processDetector }: Resources): ResourceDetector {
  return {
    detect(config) {
      const { attributes = {} } = processDetector.detect(config);
      return { attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => !PRIVATE.has(name))) };
    },
  };
}

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
function hostWithoutMissingId({ hostDetector }: Resources): ResourceDetector {
  return {
    detect(config) {
      const { attributes = {} } = hostDetector.detect(config);
      if (process.platform !== 'linux' || MACHINE_ID.some(isReadable)) return { attributes };
      return { attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== 'host.id')) };
    },
  };
}

/** What `OTEL_NODE_RESOURCE_DETECTORS` can name. Whoever names detectors gets exactly those. */
const NAMED: Readonly<Record<string, (resources: Resources) => readonly ResourceDetector[]>> = {
  service: ({ serviceInstanceIdDetector }) => [serviceInstanceIdDetector],
  host: ({ hostDetector, osDetector }) => [hostDetector, osDetector],
  process: ({ processDetector }) => [processDetector],
};

function detectors(resources: Resources, names: string | undefined): readonly ResourceDetector[] {
  if (names === undefined) return [resources.serviceInstanceIdDetector, hostWithoutMissingId(resources), resources.osDetector, processWithoutArguments(resources)];
  const list = names.split(',');
  if (list.includes('none')) return [];
  const chosen = list.includes('all') ? Object.keys(NAMED) : list;
  return chosen.flatMap((name) => NAMED[name]?.(resources) ?? []);
}

/**
 * The resource that telemetry is of: the SDK's defaults, what the detectors find (by default service, host, operating system
 * and process, without the arguments of the process), what `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME` say, then `given`.
 *
 * @param names checked value of `OTEL_NODE_RESOURCE_DETECTORS`
 */
export function detectedResource(sdk: FoundSdk, names: string | undefined, given: Attributes | GivenResource): Resource {
  const resources = packageOf(sdk, '@opentelemetry/resources');
  return resources
    .defaultResource()
    .merge(resources.detectResources({ detectors: [...detectors(resources, names)] }))
    .merge(resources.detectResources({ detectors: [resources.envDetector] }))
    .merge(isResource(given) ? given : resources.resourceFromAttributes(given));
}
