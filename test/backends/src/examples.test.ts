import { createServer, type Server as HttpServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { startFaultProvider, type FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATIENT, runNode } from './app.ts';
import { binaries, haveBackends } from './binaries.ts';
import { startCollector, startCollectorFromFile } from './collector.ts';
import { childrenOf, spansOf } from './jaeger-query.ts';
import { startJaeger, type Jaeger } from './jaeger.ts';
import { withFreePorts } from './server.ts';

describe.runIf(haveBackends)('the examples that need a backend', () => {
  let provider: FaultProvider;
  let jaeger: Jaeger;

  beforeAll(async () => {
    provider = await startFaultProvider();
    jaeger = await startJaeger(binaries().jaeger);
  });
  afterAll(async () => {
    await jaeger?.stop();
    await provider?.close();
  });

  describe('examples/jaeger', () => {
    const EXAMPLE = fileURLToPath(new URL('../../../examples/jaeger/', import.meta.url));

    it('sends a call to Jaeger through the Collector as configured there, by environment alone', async () => {
      const prometheus = await startMetricsSink();
      const { collector, http } = await withFreePorts(3, async ([grpcPort, httpPort, healthPort]) => ({
        http: `http://127.0.0.1:${httpPort}`,
        collector: await startCollectorFromFile(
          binaries().collector,
          `${EXAMPLE}collector.yaml`,
          {
            OTLP_GRPC_ENDPOINT: `127.0.0.1:${grpcPort}`,
            OTLP_HTTP_ENDPOINT: `127.0.0.1:${httpPort}`,
            HEALTH_CHECK_ENDPOINT: `127.0.0.1:${healthPort}`,
            JAEGER_OTLP_GRPC_ENDPOINT: new URL(jaeger.otlpGrpcUrl).host,
            PROMETHEUS_OTLP_ENDPOINT: `${prometheus.url}/api/v1/otlp`,
          },
          `http://127.0.0.1:${healthPort}/`,
        ),
      }));
      try {
        const run = await runNode(['--import', '@outspan/node/register', 'app.mjs'], EXAMPLE, {
          ...PATIENT,
          ...openai(provider.session('ok').baseUrl),
          OTEL_SERVICE_NAME: 'jaeger-example',
          OTEL_EXPORTER_OTLP_ENDPOINT: http,
        });
        expect(run).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringMatching(/./) });
        const spans = await spansOf(jaeger.queryUrl, 'jaeger-example', 2);
        const operation = spans.find((span) => span.name === 'chat gpt-5-mini');
        expect(operation).toMatchObject({ status: 'unset', attributes: { 'outspan.retry.count': 0 } });
        expect(operation && childrenOf(spans, operation)).toHaveLength(1);
      } finally {
        await collector.stop();
        await prometheus.stop();
      }
    });
  });

  describe('examples/honeycomb', () => {
    const EXAMPLE = fileURLToPath(new URL('../../../examples/honeycomb/', import.meta.url));

    it('sends its key with the spans, by the file of environment variables alone', async () => {
      const collector = await startCollector(binaries().collector, { tracesTo: jaeger.otlpGrpcUrl, headerToAttribute: 'x-honeycomb-team' });
      try {
        // What is in the environment wins over the file: only the address is another.
        const run = await runNode(['--env-file=env.example', '--import', '@outspan/node/register', 'app.mjs'], EXAMPLE, {
          ...PATIENT,
          ...openai(provider.session('ok').baseUrl),
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpHttpUrl,
        });
        expect(run).toMatchObject({ exitCode: 0, stderr: '' });
        const spans = await spansOf(jaeger.queryUrl, 'my-service', 2);
        expect(spans.map((span) => span.attributes['test.header'])).toEqual(['your-api-key', 'your-api-key']);
      } finally {
        await collector.stop();
      }
    });
  });
});

function openai(baseUrl: string): Record<string, string> {
  return { OPENAI_BASE_URL: `${baseUrl}/v1`, OPENAI_API_KEY: 'sk-not-a-key' };
}

/** Takes the metrics that the Collector sends on, and says how often it was asked to. */
async function startMetricsSink(): Promise<{ readonly url: string; readonly paths: readonly string[]; stop(): Promise<void> }> {
  const paths: string[] = [];
  const server: HttpServer = createServer((request, response) => {
    paths.push(request.url ?? '');
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    paths,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
