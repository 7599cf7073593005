import { startServer, withFreePorts, type Server } from './server.ts';

/** A running Jaeger, all in one process, traces in memory. */
export interface Jaeger extends Server {
  /** Where it takes OTLP over gRPC, `http://127.0.0.1:…`. */
  readonly otlpGrpcUrl: string;
  /** Where it takes OTLP over HTTP. */
  readonly otlpHttpUrl: string;
  /** Its query API and user interface. */
  readonly queryUrl: string;
}

/** What the tests vary of their Jaeger. */
export interface JaegerOptions {
  /** Traces that it keeps. Default 10,000. */
  readonly maxTraces?: number;
  /** `http://127.0.0.1:…` of a Prometheus with span metrics, for the Monitor tab and `/api/metrics/…`. */
  readonly metricsFrom?: string;
}

/** Starts Jaeger on free ports of 127.0.0.1. */
export function startJaeger(binary: string, { maxTraces = 10_000, metricsFrom }: JaegerOptions = {}): Promise<Jaeger> {
  return withFreePorts(4, async ([grpc, http, query, queryGrpc]) => {
    const config = {
      service: {
        extensions: ['jaeger_storage', 'jaeger_query'],
        pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
        // Otherwise it listens on port 8888 for whoever scrapes it.
        telemetry: { metrics: { level: 'none' } },
      },
      extensions: {
        jaeger_storage: {
          backends: { memory: { memory: { max_traces: maxTraces } } },
          ...(metricsFrom !== undefined && { metric_backends: { prometheus: { prometheus: { endpoint: metricsFrom, normalize_calls: true, normalize_duration: true } } } }),
        },
        jaeger_query: {
          storage: { traces: 'memory', ...(metricsFrom !== undefined && { metrics: 'prometheus' }) },
          http: { endpoint: `127.0.0.1:${query}` },
          grpc: { endpoint: `127.0.0.1:${queryGrpc}` },
        },
      },
      receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${grpc}` }, http: { endpoint: `127.0.0.1:${http}` } } } },
      exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
    };
    const queryUrl = `http://127.0.0.1:${query}`;
    const server = await startServer({
      name: 'Jaeger',
      binary,
      args: ['--config=env:JAEGER_CONFIG'],
      env: { JAEGER_CONFIG: JSON.stringify(config) },
      readyUrl: `${queryUrl}/api/v3/services`,
    });
    return { ...server, otlpGrpcUrl: `http://127.0.0.1:${grpc}`, otlpHttpUrl: `http://127.0.0.1:${http}`, queryUrl };
  });
}
