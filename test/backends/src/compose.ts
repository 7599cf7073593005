import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { binaries, type Binaries } from './binaries.ts';
import { startServer, type Server } from './server.ts';

/** A compose file, as far as the tests read it. */
export interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
}

/** One of its services. */
export interface ComposeService {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly (string | { readonly source: string; readonly target: string })[];
  readonly ports?: readonly string[];
}

/** Something of the host that a container sees at a path of its own. */
export interface Mount {
  readonly source: string;
  readonly target: string;
}

/** Reads a compose file. */
export function readCompose(text: string): Compose {
  return parse(text, { merge: true });
}

/** What a service mounts, the deepest path first. */
export function mountsOf({ volumes = [] }: ComposeService): readonly Mount[] {
  const mounts = volumes.map((volume) => {
    if (typeof volume !== 'string') return volume;
    const [source = '', target = ''] = volume.split(':');
    return { source, target };
  });
  return mounts.sort((a, b) => b.target.length - a.target.length);
}

/** A text in which paths of a container have become paths of the host. */
export function onHost(text: string, service: ComposeService, folder: string): string {
  return mountsOf(service).reduce((result, { source, target }) => result.replaceAll(target, join(folder, source)), text);
}

/** Ports of 127.0.0.1 in place of the addresses that containers have. */
export type Places = Readonly<
  Record<
    'openai' | 'anthropic' | 'pager' | 'otlpGrpc' | 'otlpHttp' | 'collectorHealth' | 'collectorTelemetry' | 'jaegerOtlp' | 'jaegerQuery' | 'jaegerQueryGrpc' | 'prometheus' | 'alertmanager',
    number
  >
>;

interface Kind {
  readonly binary: Exclude<keyof Binaries, 'kind'>;
  readonly args?: (places: Places, data: string) => readonly string[];
  readonly env?: (places: Places, data: string) => Readonly<Record<string, string>>;
  readonly readyUrl: (places: Places) => string;
}

/** What has to be said on a host that goes without saying in a container. */
const KINDS: Readonly<Record<string, Kind>> = {
  'otel/opentelemetry-collector-contrib': {
    binary: 'collector',
    env: (places, data) => ({
      OTLP_GRPC_ENDPOINT: `127.0.0.1:${places.otlpGrpc}`,
      OTLP_HTTP_ENDPOINT: `127.0.0.1:${places.otlpHttp}`,
      HEALTH_CHECK_ENDPOINT: `127.0.0.1:${places.collectorHealth}`,
      TELEMETRY_PORT: String(places.collectorTelemetry),
      JAEGER_OTLP_GRPC_ENDPOINT: `127.0.0.1:${places.jaegerOtlp}`,
      PROMETHEUS_REMOTE_WRITE_ENDPOINT: `http://127.0.0.1:${places.prometheus}/api/v1/write`,
      STORAGE_DIRECTORY: data,
    }),
    readyUrl: ({ collectorHealth }) => `http://127.0.0.1:${collectorHealth}/`,
  },
  'jaegertracing/jaeger': { binary: 'jaeger', readyUrl: ({ jaegerQuery }) => `http://127.0.0.1:${jaegerQuery}/api/v3/services` },
  'prom/prometheus': {
    binary: 'prometheus',
    args: ({ prometheus }, data) => [`--web.listen-address=127.0.0.1:${prometheus}`, `--storage.tsdb.path=${data}`],
    readyUrl: ({ prometheus }) => `http://127.0.0.1:${prometheus}/-/ready`,
  },
  'prom/alertmanager': {
    binary: 'alertmanager',
    args: ({ alertmanager }, data) => [`--web.listen-address=127.0.0.1:${alertmanager}`, `--storage.path=${data}`, '--cluster.listen-address='],
    readyUrl: ({ alertmanager }) => `http://127.0.0.1:${alertmanager}/-/ready`,
  },
};

/** A service of a compose file, without Docker. */
export interface RunningService extends Server {
  /** Ends it and starts it again, with what it stored. */
  restart(): Promise<void>;
}

/**
 * Starts a service of a compose file as a process: the same server built from source, with the command, the environment and the mounted files
 * that the compose file gives it.
 * @param folder where the compose file is
 */
export async function startComposeService(service: ComposeService, folder: string, places: Places): Promise<RunningService> {
  const image = service.image.slice(0, service.image.lastIndexOf(':'));
  const kind = KINDS[image];
  if (kind === undefined) throw new Error(`there is no ${image} here`);
  const data = await mkdtemp(join(tmpdir(), 'outspan-service-'));
  const start = (): Promise<Server> =>
    startServer({
      name: image,
      binary: binaries()[kind.binary],
      args: [...(service.command ?? []).map((word) => onHost(word, service, folder)), ...(kind.args?.(places, data) ?? [])],
      env: { ...service.environment, ...kind.env?.(places, data) },
      readyUrl: kind.readyUrl(places),
    });
  let server = await start();
  return {
    logs: () => server.logs(),
    stop: () => server.stop().then(() => rm(data, { recursive: true, force: true })),
    restart: async () => {
      await server.stop();
      server = await start();
    },
  };
}
