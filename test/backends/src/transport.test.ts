import { startFaultProvider, type FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATIENT, runApp, type AppRun } from './app.ts';
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
  let bare: unknown;

  beforeAll(async () => {
    provider = await startFaultProvider();
    certificates = await makeCertificates();
    jaeger = await startJaeger(binaries().jaeger);
    collector = await startCollector(binaries().collector, { tracesTo: jaeger.otlpGrpcUrl });
    secured = await startCollector(binaries().collector, { tracesTo: jaeger.otlpGrpcUrl, tls: certificates });
    bare = visible(await runApp({ provider, calls: ['whole'] }));
  });
  afterAll(async () => {
    await secured?.stop();
    await collector?.stop();
    await jaeger?.stop();
    await certificates?.remove();
    await provider?.close();
  });

  /** Makes one healthy call, the application's telemetry going to `url`. */
  function send(protocol: string, url: string, env: Readonly<Record<string, string>>): Promise<AppRun> {
    return runApp({
      provider,
      calls: ['whole'],
      preload: '@outspan/node/register',
      env: { OTEL_EXPORTER_OTLP_PROTOCOL: protocol, OTEL_EXPORTER_OTLP_ENDPOINT: url, ...env },
    });
  }

  const compressions = PROTOCOLS.flatMap((each) => ['gzip', 'none'].map((compression) => ({ ...each, compression })));
  it.concurrent.for(compressions)('over $protocol with compression $compression, as the environment asks', async ({ protocol, endpoint, gzipIn, compression }) => {
    const relay = await startRelay(collector[endpoint]);
    const service = `compression ${compression} over ${protocol}`;
    try {
      await send(protocol, relay.url, { ...PATIENT, OTEL_SERVICE_NAME: service, OTEL_EXPORTER_OTLP_COMPRESSION: compression });
      expect(await spansOf(jaeger.queryUrl, service, 2)).toHaveLength(2);
      expect(gzipIn(relay.sent())).toBe(compression === 'gzip');
    } finally {
      await relay.stop();
    }
  });

  it.concurrent.for(PROTOCOLS)('encrypted over $protocol, with an authority that the environment names', async ({ protocol, endpoint }) => {
    const service = `TLS over ${protocol}`;
    await send(protocol, secured[endpoint], { ...PATIENT, OTEL_SERVICE_NAME: service, OTEL_EXPORTER_OTLP_CERTIFICATE: certificates.authority });
    expect(await spansOf(jaeger.queryUrl, service, 2)).toHaveLength(2);
  });

  it.concurrent.for(PROTOCOLS)('not at all over $protocol, where it does not know the authority; the application never notices', async ({ protocol, endpoint }) => {
    const service = `untrusted over ${protocol}`;
    const run = await send(protocol, secured[endpoint], { OTEL_SERVICE_NAME: service });
    expect(visible(run)).toEqual(bare);
    expect(await storedSpans(jaeger.queryUrl, service)).toEqual([]);
  });

  it.concurrent.for(PROTOCOLS)('not at all over $protocol, where there is no Collector; the application never notices', async ({ protocol }) => {
    // Nobody listens there: the provider keeps the port from everybody else.
    const nobody = new URL(provider.session('refused').baseUrl).origin;
    const run = await send(protocol, nobody, {});
    expect(visible(run)).toEqual(bare);
  });
});

/** All that is visible of a run from outside. Of stderr only what explains a wrong exit: a failed export is reported there too. */
function visible({ stdout, stderr, exitCode, signal }: AppRun): unknown {
  return { stdout, exitCode, signal, why: exitCode === 7 ? '' : stderr };
}
