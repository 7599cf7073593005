import { startFaultProvider, type FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runApp, type AppRun } from './app.ts';
import { binaries, haveBackends } from './binaries.ts';
import { makeCertificates, type Certificates } from './certificates.ts';
import { startCollector, type Collector } from './collector.ts';
import { spansOf, storedSpans } from './jaeger-query.ts';
import { startJaeger, type Jaeger } from './jaeger.ts';
import { startRelay } from './relay.ts';

const GZIP_MAGIC = Buffer.of(0x1f, 0x8b, 0x08);

/** Whether HTTP requests had a body that is a gzip stream, under the header that says so. */
function gzipOverHttp(sent: Buffer): boolean {
  return /^content-encoding: gzip\r$/im.test(sent.toString('latin1')) && sent.includes(GZIP_MAGIC);
}

/** Whether a gRPC message was a gzip stream: a flag, four bytes of length, then the message. */
function gzipOverGrpc(sent: Buffer): boolean {
  const start = sent.indexOf(GZIP_MAGIC);
  return start >= 5 && sent[start - 5] === 1;
}

const PROTOCOLS = [
  { protocol: 'http/protobuf', endpoint: 'otlpHttpUrl', gzipIn: gzipOverHttp },
  { protocol: 'http/json', endpoint: 'otlpHttpUrl', gzipIn: gzipOverHttp },
  { protocol: 'grpc', endpoint: 'otlpGrpcUrl', gzipIn: gzipOverGrpc },
] as const;

describe.runIf(haveBackends)('how an application reaches its Collector', () => {
  let provider: FaultProvider;
  let jaeger: Jaeger;
  let collector: Collector;
  let certificates: Certificates;
  let secured: Collector;

  beforeAll(async () => {
    provider = await startFaultProvider();
    certificates = await makeCertificates();
    jaeger = await startJaeger(binaries().jaeger);
    collector = await startCollector(binaries().collector, { tracesTo: jaeger.otlpGrpcUrl });
    secured = await startCollector(binaries().collector, { tracesTo: jaeger.otlpGrpcUrl, tls: certificates });
  });
  afterAll(async () => {
    await secured?.stop();
    await collector?.stop();
    await jaeger?.stop();
    await certificates?.remove();
    await provider?.close();
  });

  /** What the application does in one healthy call: without telemetry, and with its telemetry going to `url`. */
  async function bothWays(protocol: string, url: string, env: Readonly<Record<string, string>>): Promise<Record<'without' | 'with', unknown>> {
    const without = await runApp({ provider, calls: ['whole'] });
    const run = await runApp({
      provider,
      calls: ['whole'],
      preload: '@outspan/node/register',
      env: { OTEL_EXPORTER_OTLP_PROTOCOL: protocol, OTEL_EXPORTER_OTLP_ENDPOINT: url, ...env },
    });
    return { without: visible(without), with: visible(run) };
  }

  it.for(PROTOCOLS)('compressed with gzip over $protocol when the environment asks for it', async ({ protocol, endpoint, gzipIn }) => {
    for (const compression of ['gzip', 'none']) {
      const relay = await startRelay(collector[endpoint]);
      const service = `${compression} over ${protocol}`;
      try {
        await bothWays(protocol, relay.url, { OTEL_SERVICE_NAME: service, OTEL_EXPORTER_OTLP_COMPRESSION: compression });
        await spansOf(jaeger.queryUrl, service, 2);
        expect(gzipIn(relay.sent())).toBe(compression === 'gzip');
      } finally {
        await relay.stop();
      }
    }
  });

  it.for(PROTOCOLS)('encrypted over $protocol, with an authority that the environment names', async ({ protocol, endpoint }) => {
    const service = `TLS over ${protocol}`;
    await bothWays(protocol, secured[endpoint], { OTEL_SERVICE_NAME: service, OTEL_EXPORTER_OTLP_CERTIFICATE: certificates.authority });
    expect(await spansOf(jaeger.queryUrl, service, 2)).toHaveLength(2);
  });

  it.for(PROTOCOLS)('not at all over $protocol, where it does not know the authority; the application never notices', async ({ protocol, endpoint }) => {
    const service = `untrusted over ${protocol}`;
    const app = await bothWays(protocol, secured[endpoint], { OTEL_SERVICE_NAME: service });
    expect(app.with).toEqual(app.without);
    expect(await storedSpans(jaeger.queryUrl, service)).toEqual([]);
  });

  it.for(PROTOCOLS)('not at all over $protocol, where there is no Collector; the application never notices', async ({ protocol }) => {
    // Nobody listens there: the provider keeps the port from everybody else.
    const nobody = new URL(provider.session('refused').baseUrl).origin;
    const app = await bothWays(protocol, nobody, {});
    expect(app.with).toEqual(app.without);
  });
});

/** All that is visible of a run from outside, but for stderr: a failed export is reported there. */
function visible({ stdout, exitCode, signal }: AppRun): unknown {
  return { stdout, exitCode, signal };
}
