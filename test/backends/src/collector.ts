import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer, withFreePorts, type Server, type ServerOptions } from './server.ts';

/** A running OpenTelemetry Collector. */
export interface Collector extends Server {
  /** Where it takes OTLP over gRPC, `http://127.0.0.1:…`, or `https:` with a certificate. */
  readonly otlpGrpcUrl: string;
  /** Where it takes OTLP over HTTP, without a path. */
  readonly otlpHttpUrl: string;
}

/** What the tests vary of their Collector. */
export interface CollectorOptions {
  /** Where traces go on to, OTLP over gRPC without TLS. */
  readonly tracesTo: string;
  /** Paths of the certificate and key that it serves OTLP with. Without them: no TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** A request header whose value becomes the attribute `test.header` of every span that came with it. */
  readonly headerToAttribute?: string;
}

/** Starts a Collector that takes all three signals over OTLP, and sends the traces on. */
export function startCollector(binary: string, options: CollectorOptions): Promise<Collector> {
  return withFreePorts(3, async ([grpc, http, health]) => {
    const { tls, headerToAttribute } = options;
    const protocol = (port: number | undefined): object => ({
      endpoint: `127.0.0.1:${port}`,
      include_metadata: true,
      ...(tls && { tls: { cert_file: tls.certificate, key_file: tls.key } }),
    });
    const config = {
      receivers: { otlp: { protocols: { grpc: protocol(grpc), http: protocol(http) } } },
      processors: {
        'transform/header': {
          error_mode: 'propagate',
          trace_statements: headerToAttribute === undefined ? [] : [`set(span.attributes["test.header"], otelcol.client.metadata["${headerToAttribute}"][0])`],
        },
      },
      exporters: { otlp_grpc: { endpoint: options.tracesTo.replace('http://', ''), tls: { insecure: true } }, debug: { verbosity: 'detailed' } },
      extensions: { health_check: { endpoint: `127.0.0.1:${health}` } },
      service: {
        extensions: ['health_check'],
        pipelines: {
          traces: { receivers: ['otlp'], processors: ['transform/header'], exporters: ['otlp_grpc', 'debug'] },
          metrics: { receivers: ['otlp'], exporters: ['debug'] },
          logs: { receivers: ['otlp'], exporters: ['debug'] },
        },
        telemetry: { metrics: { level: 'none' } },
      },
    };
    const server = await startServer({
      name: 'OpenTelemetry Collector',
      binary,
      args: ['--config=env:COLLECTOR_CONFIG'],
      env: { COLLECTOR_CONFIG: JSON.stringify(config) },
      readyUrl: `http://127.0.0.1:${health}/`,
    });
    // By name with TLS: gRPC clients send the host as server name, which may not be an address.
    const origin = tls ? 'https://localhost' : 'http://127.0.0.1';
    return { ...server, otlpGrpcUrl: `${origin}:${grpc}`, otlpHttpUrl: `${origin}:${http}` };
  });
}

/** Starts a Collector with a configuration file as a user has it; `env` fills its `${env:…}` places. */
export async function startCollectorFromFile(binary: string, path: string, env: Readonly<Record<string, string>>, readyUrl: string): Promise<Server> {
  return startServer({ name: 'OpenTelemetry Collector', binary, args: [`--config=file:${path}`], env, readyUrl });
}

/** A Collector that can be ended and started again. */
export interface RestartableCollector extends Collector {
  /** Ends it as a machine that fails would: at once, with nothing written that was not written before. */
  kill(): Promise<void>;
  /** Starts it again after {@link kill}, with the same ports and queues. */
  restart(): Promise<void>;
}

/** Starts a server whose process id is known, and perhaps one that can write no file beyond so many blocks of 512 bytes. */
async function startKillable(options: ServerOptions, pidFile: string, blocks: number | 'unlimited' = 'unlimited'): Promise<Server> {
  // The shell becomes the Collector.
  return startServer({ ...options, binary: '/bin/sh', args: ['-c', `echo $$ > "$0"; ulimit -f ${blocks}; exec "$@"`, pidFile, options.binary, ...options.args] });
}

async function killServer(server: Server, pidFile: string): Promise<void> {
  process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGKILL');
  await server.stop();
}

/** Starts a Collector that answers only when the traces are where they are to go, `tracesTo` over HTTP as JSON: it holds nothing that it has answered for. */
export function startCollectorWithoutQueue(binary: string, tracesTo: string): Promise<RestartableCollector> {
  return withFreePorts(3, async ([grpc, http, health]) => {
    const folder = await mkdtemp(join(tmpdir(), 'outspan-collector-'));
    const pidFile = join(folder, 'pid');
    const config = {
      receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${grpc}` }, http: { endpoint: `127.0.0.1:${http}` } } } },
      exporters: { otlp_http: { endpoint: tracesTo, encoding: 'json', compression: 'none', sending_queue: { enabled: false }, retry_on_failure: { enabled: false } } },
      extensions: { health_check: { endpoint: `127.0.0.1:${health}` } },
      service: { extensions: ['health_check'], pipelines: { traces: { receivers: ['otlp'], exporters: ['otlp_http'] } }, telemetry: { metrics: { level: 'none' } } },
    };
    const start = (): Promise<Server> =>
      startKillable({ name: 'OpenTelemetry Collector without a queue', binary, args: ['--config=env:COLLECTOR_CONFIG'], env: { COLLECTOR_CONFIG: JSON.stringify(config) }, readyUrl: `http://127.0.0.1:${health}/` }, pidFile);
    let server = await start();
    return {
      otlpGrpcUrl: `http://127.0.0.1:${grpc}`,
      otlpHttpUrl: `http://127.0.0.1:${http}`,
      logs: () => server.logs(),
      stop: () => server.stop().then(() => rm(folder, { recursive: true, force: true })),
      kill: () => killServer(server, pidFile),
      restart: async () => {
        server = await start();
      },
    };
  });
}

/** A Collector with a queue on a disk. */
export interface CollectorWithDisk extends Collector {
  /** Kills it and starts it again, with the same ports and the same queue, and all the room there is. */
  restartWithRoom(): Promise<void>;
}

/** Blocks of 512 bytes that fit on the disk. The storage doubles its file, and fails where that does not fit. */
const SMALL_DISK = 256;

/** Starts a Collector whose queue is on a disk that is soon full: no file of it may grow past 128 KiB, which fails a write as a full disk does. */
export function startCollectorWithSmallDisk(binary: string, tracesTo: string): Promise<CollectorWithDisk> {
  return withFreePorts(3, async ([grpc, http, health]) => {
    const folder = await mkdtemp(join(tmpdir(), 'outspan-collector-'));
    const pidFile = join(folder, 'pid');
    const config = {
      receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${grpc}` }, http: { endpoint: `127.0.0.1:${http}` } } } },
      exporters: {
        otlp_http: { endpoint: tracesTo, encoding: 'json', compression: 'none', sending_queue: { storage: 'file_storage', queue_size: 100_000 }, retry_on_failure: { initial_interval: '1s', max_interval: '1s', max_elapsed_time: '0s' } },
      },
      extensions: { health_check: { endpoint: `127.0.0.1:${health}` }, file_storage: { directory: join(folder, 'queue'), create_directory: true } },
      service: { extensions: ['health_check', 'file_storage'], pipelines: { traces: { receivers: ['otlp'], exporters: ['otlp_http'] } }, telemetry: { metrics: { level: 'none' } } },
    };
    const start = (blocks: number | 'unlimited'): Promise<Server> =>
      startKillable({ name: 'OpenTelemetry Collector with a small disk', binary, args: ['--config=env:COLLECTOR_CONFIG'], env: { COLLECTOR_CONFIG: JSON.stringify(config) }, readyUrl: `http://127.0.0.1:${health}/` }, pidFile, blocks);
    let server = await start(SMALL_DISK);
    return {
      otlpGrpcUrl: `http://127.0.0.1:${grpc}`,
      otlpHttpUrl: `http://127.0.0.1:${http}`,
      logs: () => server.logs(),
      stop: () => server.stop().then(() => rm(folder, { recursive: true, force: true })),
      restartWithRoom: async () => {
        await killServer(server, pidFile);
        server = await start('unlimited');
      },
    };
  });
}

/** A Collector with a configuration of the folder `collector/`. */
export interface PlatformCollector extends RestartableCollector {
  /** What it says of itself, for Prometheus to scrape. */
  readonly metricsUrl: string;
}

/**
 * Starts a Collector with configurations of the folder `collector/`, the later ones on top of the earlier ones, on free ports of 127.0.0.1 and
 * with a folder of its own for its queues.
 * @param env fills the `${env:…}` places that are not about addresses to listen at
 */
export function startPlatformCollector(binary: string, files: readonly string[], env: Readonly<Record<string, string>>): Promise<PlatformCollector> {
  return withFreePorts(4, async ([grpc, http, health, telemetry]) => {
    const storage = await mkdtemp(join(tmpdir(), 'outspan-collector-'));
    const pidFile = join(storage, 'pid');
    const start = (): Promise<Server> =>
      startKillable({
        name: `OpenTelemetry Collector with ${files.join(' and ')}`,
        binary,
        args: files.map((file) => `--config=${join(PLATFORM, file)}`),
        env: {
          OTLP_GRPC_ENDPOINT: `127.0.0.1:${grpc}`,
          OTLP_HTTP_ENDPOINT: `127.0.0.1:${http}`,
          HEALTH_CHECK_ENDPOINT: `127.0.0.1:${health}`,
          TELEMETRY_PORT: String(telemetry),
          STORAGE_DIRECTORY: join(storage, 'queues'),
          ...env,
        },
        readyUrl: `http://127.0.0.1:${health}/`,
      }, pidFile);
    let server = await start();
    return {
      otlpGrpcUrl: `http://127.0.0.1:${grpc}`,
      otlpHttpUrl: `http://127.0.0.1:${http}`,
      metricsUrl: `http://127.0.0.1:${telemetry}/metrics`,
      logs: () => server.logs(),
      stop: () => server.stop().then(() => rm(storage, { recursive: true, force: true })),
      kill: () => killServer(server, pidFile),
      restart: async () => {
        server = await start();
      },
    };
  });
}

/** The folder `collector/`. */
export const PLATFORM: string = fileURLToPath(new URL('../../../collector/', import.meta.url));
