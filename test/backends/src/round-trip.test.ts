import { startFaultProvider, type FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATIENT, runApp, type AppRunWithProvider } from './app.ts';
import { binaries, haveBackends } from './binaries.ts';
import { startCollector, type Collector } from './collector.ts';
import { childrenOf, spansOf, type StoredSpan } from './jaeger-query.ts';
import { startJaeger, type Jaeger } from './jaeger.ts';

const PROTOCOLS = [
  { protocol: 'http/protobuf', endpoint: 'otlpHttpUrl' },
  { protocol: 'http/json', endpoint: 'otlpHttpUrl' },
  { protocol: 'grpc', endpoint: 'otlpGrpcUrl' },
] as const;

describe.runIf(haveBackends)('what an application exports, read back from Jaeger', () => {
  let provider: FaultProvider;
  let jaeger: Jaeger;
  let collector: Collector;
  let bare: AppRunWithProvider;

  beforeAll(async () => {
    provider = await startFaultProvider();
    jaeger = await startJaeger(binaries().jaeger);
    collector = await startCollector(binaries().collector, { tracesTo: jaeger.otlpGrpcUrl, headerToAttribute: 'x-tenant' });
    bare = await runApp({ provider });
  });
  afterAll(async () => {
    await collector?.stop();
    await jaeger?.stop();
    await provider?.close();
  });

  describe.for(PROTOCOLS)('over OTLP $protocol', ({ protocol, endpoint }) => {
    const service = `app over ${protocol}`;
    let run: AppRunWithProvider;
    let spans: readonly StoredSpan[];
    let operations: readonly StoredSpan[];

    /** The operation that an application's call became, and its attempts in order. */
    function operation(index: number): { span: StoredSpan; attempts: readonly StoredSpan[] } {
      const span = operations[index];
      if (span === undefined) throw new Error(`there are ${operations.length} operations:\n${JSON.stringify(operations.map((each) => each.name))}`);
      return { span, attempts: childrenOf(spans, span) };
    }

    beforeAll(async () => {
      run = await runApp({
        provider,
        preload: '@outspan/node/register',
        env: {
          ...PATIENT,
          OTEL_SERVICE_NAME: service,
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
          OTEL_EXPORTER_OTLP_ENDPOINT: collector[endpoint],
          OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=acme%20corp',
        },
      });
      const requests = Object.values(run.sessions).flatMap((session) => session.requests);
      spans = await spansOf(jaeger.queryUrl, service, 6 + requests.length).catch((error: unknown) => {
        throw new Error(`${String(error)}\napplication: ${JSON.stringify(run.stderr)}\n${collector.logs().slice(-4_000)}`);
      });
      operations = spans.filter((span) => 'gen_ai.operation.name' in span.attributes).toSorted((a, b) => (a.start < b.start ? -1 : 1));
    });

    it('the application got the same and ended the same as without telemetry', () => {
      expect({ stdout: run.stdout, stderr: run.stderr, exitCode: run.exitCode }).toEqual({ stdout: bare.stdout, stderr: bare.stderr, exitCode: bare.exitCode });
      expect(run.exitCode).toBe(7);
    });

    it('each call is one operation, and each request that the provider got is one attempt beneath it', () => {
      expect(operations.map((span) => span.attributes['gen_ai.request.model'])).toEqual(['gpt-5-mini', 'gpt-5-mini', 'gpt-5-mini', 'gpt-5-mini', 'claude-sonnet-5', 'claude-sonnet-5']);
      expect(operations.map((_, index) => operation(index).attempts.length)).toEqual([1, 2, 1, 1, 1, 1]);
      expect(spans).toHaveLength(6 + 7);
      expect(new Set(spans.map((span) => span.kind))).toEqual(new Set(['client']));
      expect(new Set(spans.map((span) => span.resource['service.name']))).toEqual(new Set([service]));
    });

    it('a whole answer is a success with its tokens and its finish reason', () => {
      const { span, attempts } = operation(0);
      expect(span).toMatchObject({
        name: 'chat gpt-5-mini',
        status: 'unset',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.response.finish_reasons': ['stop'],
          'gen_ai.usage.input_tokens': expect.any(Number),
          'gen_ai.usage.output_tokens': expect.any(Number),
          'outspan.operation.boundary': 'sdk',
          'outspan.retry.count': 0,
        },
      });
      expect(attempts[0]).toMatchObject({ name: 'POST', status: 'unset', attributes: { 'http.request.method': 'POST', 'http.response.status_code': 200, 'outspan.attempt.number': 1 } });
    });

    it('a failure that a retry repaired is on the attempt, not on the operation', () => {
      const { span, attempts } = operation(1);
      expect(span).toMatchObject({ status: 'unset', attributes: { 'outspan.retry.count': 1 } });
      expect(span.attributes).not.toHaveProperty('outspan.error.class');
      expect(attempts).toMatchObject([
        { status: 'error', attributes: { 'http.response.status_code': 502, 'outspan.error.class': 'bad_gateway', 'outspan.error.origin': 'gateway', 'outspan.error.retryable': true, 'outspan.attempt.number': 1 } },
        { status: 'unset', attributes: { 'http.response.status_code': 200, 'outspan.attempt.number': 2, 'http.request.resend_count': 1 } },
      ]);
    });

    it('a stream that was cut is a failure, though the application took it for whole', () => {
      const got: { cut?: unknown } = JSON.parse(run.stdout);
      expect(got.cut).toEqual(expect.stringMatching(/./));
      expect(operation(2).span).toMatchObject({
        status: 'error',
        attributes: {
          'outspan.error.class': 'truncated_response',
          'outspan.response.truncated': true,
          'outspan.response.truncation.kind': 'stream_unterminated',
          'gen_ai.response.finish_reasons': ['error'],
        },
      });
    });

    it('a refused key is the account’s fault, and not worth another try', () => {
      const { span, attempts } = operation(3);
      for (const each of [span, attempts[0]]) {
        expect(each).toMatchObject({ status: 'error', attributes: { 'outspan.error.class': 'authentication', 'outspan.error.origin': 'account', 'outspan.error.retryable': false } });
      }
    });

    it('Anthropic’s own span is the operation, whole or streamed', () => {
      for (const index of [4, 5]) {
        expect(operation(index).span).toMatchObject({
          status: 'unset',
          attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'anthropic', 'outspan.operation.boundary': 'native', 'outspan.retry.count': 0 },
        });
      }
    });

    it('the headers that the environment names came with it', () => {
      expect(new Set(spans.map((span) => span.attributes['test.header']))).toEqual(new Set(['acme corp']));
    });
  });
});
