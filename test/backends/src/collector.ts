import { startServer, withFreePorts, type Server } from './server.ts';

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
