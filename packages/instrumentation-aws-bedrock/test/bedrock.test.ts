import { createRequire } from 'node:module';
import { trace, context, SpanStatusCode } from '@opentelemetry/api';
import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider, Session } from '@outspan/fault-provider';
import { AwsBedrockInstrumentation } from '@outspan/instrumentation-aws-bedrock';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTracing, traced } from './tracing.ts';

type Bedrock = typeof import('@aws-sdk/client-bedrock-runtime-1164');
type Client = InstanceType<Bedrock['BedrockRuntimeClient']>;

const require = createRequire(import.meta.url);
const SECRET = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY';
const SESSION_TOKEN = 'IQoJb3JpZ2luX2VjEXAMPLETOKEN0123456789';

let provider: FaultProvider;
let instrumentation: AwsBedrockInstrumentation;

/** As the application loads them: before tracing starts. */
const VERSIONS: readonly (readonly [version: string, sdk: Bedrock])[] = [
  ['3.830', require('@aws-sdk/client-bedrock-runtime-830')],
  ['3.1164', require('@aws-sdk/client-bedrock-runtime-1164')],
];

beforeAll(async () => {
  startTracing();
  instrumentation = new AwsBedrockInstrumentation();
  provider = await startFaultProvider({ textEvents: 6, retryAfterSeconds: 0, tokenDelayMs: 30 });
});
afterAll(async () => {
  instrumentation.disable();
  await provider.close();
});

const messages = [{ role: 'user' as const, content: [{ text: 'hi' }] }];
const conversation = { modelId: 'anthropic.claude-3-haiku-20240307-v1:0', messages, inferenceConfig: { maxTokens: 64 } };
const claude = { modelId: 'anthropic.claude-3-haiku-20240307-v1:0', contentType: 'application/json', body: JSON.stringify({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 64, messages: [{ role: 'user', content: 'hi' }] }) };

describe.each(VERSIONS)('@aws-sdk/client-bedrock-runtime %s', (_, sdk) => {
  function clientOf(session: Session, more: object = {}): Client {
    return new sdk.BedrockRuntimeClient({
      region: 'eu-central-1',
      endpoint: session.baseUrl,
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: SECRET, sessionToken: SESSION_TOKEN },
      maxAttempts: 2,
      requestHandler: new NodeHttpHandler({ requestTimeout: 400, socketTimeout: 400, throwOnRequestTimeout: true }),
      ...more,
    });
  }

  async function streamed(client: Client, options: object = {}, onEvent: () => 'go on' | 'break' = () => 'go on'): Promise<void> {
    const { stream } = await client.send(new sdk.ConverseStreamCommand(conversation), options);
    for await (const event of stream ?? []) if (event.contentBlockDelta !== undefined && onEvent() === 'break') break;
  }

  it('has one operation for a command, which says all that is known', async () => {
    const session = provider.session('ok');
    const { operations, attempts, operation, error } = await traced(() => clientOf(session).send(new sdk.ConverseCommand(conversation)));
    expect(error).toBeUndefined();
    expect(operations.map(({ name, status }) => [name, status.code])).toEqual([['chat anthropic.claude-3-haiku-20240307-v1:0', SpanStatusCode.UNSET]]);
    expect(operation).toMatchObject({
      'gen_ai.provider.name': 'aws.bedrock',
      'gen_ai.request.model': 'anthropic.claude-3-haiku-20240307-v1:0',
      'gen_ai.request.max_tokens': 64,
      'gen_ai.response.finish_reasons': ['end_turn'],
      'gen_ai.usage.input_tokens': 21,
      'gen_ai.usage.output_tokens': 12,
      'outspan.operation.boundary': 'sdk',
      'outspan.retry.count': 0,
      'server.address': '127.0.0.1',
      'outspan.provider.request_id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(attempts).toHaveLength(1);
    expect(attempts[0]?.attributes['http.response.status_code']).toBe(200);
  });

  it('has the commands of the aggregated client, too', async () => {
    const session = provider.session('ok');
    const bedrock = new sdk.BedrockRuntime({ region: 'eu-central-1', endpoint: session.baseUrl, credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, requestHandler: new NodeHttpHandler() });
    expect((await traced(() => bedrock.converse(conversation))).operations).toHaveLength(1);
  });

  it('reads the body of a model', async () => {
    const { operation } = await traced(() => clientOf(provider.session('ok')).send(new sdk.InvokeModelCommand(claude)));
    expect(operation).toMatchObject({ 'gen_ai.response.id': expect.stringMatching(/^msg_/), 'gen_ai.usage.input_tokens': 21, 'gen_ai.request.max_tokens': 64 });
  });

  it('counts retries as attempts of the operation that they repaired', async () => {
    const { operations, attempts, operation } = await traced(() => clientOf(provider.session(['unavailable', 'ok'])).send(new sdk.ConverseCommand(conversation)));
    expect(operations.map(({ status }) => status.code)).toEqual([SpanStatusCode.UNSET]);
    expect(operation['outspan.retry.count']).toBe(1);
    expect(attempts.map(({ attributes }) => [attributes['http.response.status_code'], attributes['outspan.error.class']])).toEqual([[503, 'overloaded'], [200, undefined]]);
  });

  it.each([
    ['bad_gateway_page', 'bad_gateway', 'gateway'],
    ['quota_exhausted', 'quota_exhausted', 'account'],
    ['context_length_exceeded', 'context_length_exceeded', 'request'],
    ['reset_before_head', 'connection_reset', 'network'],
    ['hang_before_head', 'timeout', 'client'],
    ['chunked_reset', 'truncated_response', 'network'],
    ['html_200', 'malformed_response', 'gateway'],
  ])('knows %s by what the SDK has left of it', async (fault, errorClass, origin) => {
    const { operation, error } = await traced(() => clientOf(provider.session(fault), { maxAttempts: 1 }).send(new sdk.ConverseCommand(conversation)));
    expect(error).toBeInstanceOf(Error);
    expect(operation).toMatchObject({ 'outspan.error.class': errorClass, 'outspan.error.origin': origin });
  });

  it.each([
    ['stream_cut_between_events', 'truncated_response', 'stream_unterminated'],
    ['stream_cut_inside_event', 'truncated_response', 'event_incomplete'],
    ['stream_reset', 'truncated_response', 'connection_lost'],
    ['stream_stall', 'timeout', 'stalled'],
    ['stream_error_event', 'server_error', undefined],
    ['stream_overloaded_event', 'overloaded', undefined],
    ['stream_bad_checksum', 'malformed_response', undefined],
  ])('knows %s by what the application reads', async (fault, errorClass, truncation) => {
    const client = clientOf(provider.session(fault), { maxAttempts: 1 });
    for (const { operation } of [
      await traced(() => streamed(client)),
      await traced(async () => {
        const { body } = await client.send(new sdk.InvokeModelWithResponseStreamCommand(claude));
        for await (const event of body ?? []) void event;
      }),
    ]) {
      expect([operation['outspan.error.class'], operation['outspan.response.truncation.kind']]).toEqual([errorClass, truncation]);
    }
  });

  it("takes an abort for the caller's, before an answer and in a stream", async () => {
    const caller = new AbortController();
    setTimeout(() => caller.abort(), 30);
    const before = await traced(() => clientOf(provider.session('hang_before_head')).send(new sdk.ConverseCommand(conversation), { abortSignal: caller.signal }));
    expect(before.error).toMatchObject({ name: 'AbortError' });
    const inStream = new AbortController();
    const within = await traced(() =>
      streamed(clientOf(provider.session('ok_slow')), { abortSignal: inStream.signal }, () => {
        inStream.abort();
        return 'go on';
      }),
    );
    for (const { operations, operation } of [before, within]) {
      expect(operation).toMatchObject({ 'outspan.operation.cancelled': true });
      expect(operations[0]?.status.code).toBe(SpanStatusCode.UNSET);
    }
  });

  it('takes a stream that is left for cancelled', async () => {
    const { operations, operation } = await traced(() => streamed(clientOf(provider.session('ok_slow')), {}, () => 'break'));
    expect(operations).toHaveLength(1);
    expect(operation).toMatchObject({ 'outspan.operation.cancelled': true });
  });

  it('calls back where the callback was given', async () => {
    const root = trace.getTracer('application').startSpan('handle request');
    const seen = await context.with(trace.setSpan(context.active(), root), () =>
      traced(
        () =>
          new Promise((resolve, reject) => {
            const returned: unknown = clientOf(provider.session('ok')).send(new sdk.ConverseCommand(conversation), (error: unknown, output: unknown) => {
              if (trace.getActiveSpan() === root && error === null && returned === undefined) resolve(output);
              else reject(new Error('not as without'));
            });
          }),
      ),
    );
    root.end();
    expect(seen.error).toBeUndefined();
    expect(seen.operations.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([root.spanContext().spanId]);
  });

  it('says that there were no credentials', async () => {
    const credentials = (): Promise<never> => Promise.reject(Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' }));
    const { operation, attempts } = await traced(() => clientOf(provider.session('ok'), { credentials }).send(new sdk.ConverseCommand(conversation)));
    expect(operation).toMatchObject({ 'outspan.error.class': 'authentication', 'outspan.error.origin': 'client', 'gen_ai.provider.name': 'aws.bedrock' });
    expect(attempts).toEqual([]);
  });

  it('tells no credential', async () => {
    const { operations, attempts } = await traced(() => streamed(clientOf(provider.session('permission_denied'))));
    const told = JSON.stringify([...operations, ...attempts].map(({ name, attributes, events, status }) => ({ name, attributes, events, status })));
    for (const secret of [SECRET, SESSION_TOKEN, 'AKIAIOSFODNN7EXAMPLE', 'AWS4-HMAC']) expect(told).not.toContain(secret);
  });

  it('leaves other commands alone', async () => {
    const { operations, error } = await traced(() => clientOf(provider.session('ok')).send(new sdk.ApplyGuardrailCommand({ guardrailIdentifier: 'g', guardrailVersion: '1', source: 'INPUT', content: [] })));
    expect(error).toBeDefined();
    expect(operations).toEqual([]);
  });

  it('looks as it did', () => {
    const { prototype } = sdk.BedrockRuntimeClient;
    const inherited: unknown = Reflect.get(Object.getPrototypeOf(prototype), 'send');
    expect(typeof inherited === 'function' && [inherited.name, inherited.length]).toEqual([prototype.send.name, prototype.send.length]);
    expect(Object.keys(prototype)).toEqual([]);
  });
});

describe('the instrumentation', () => {
  it('steps aside when it is disabled', async () => {
    const [, sdk] = VERSIONS[1] ?? [];
    if (sdk === undefined) throw new Error('no SDK');
    instrumentation.disable();
    const client = new sdk.BedrockRuntimeClient({ region: 'x', endpoint: provider.session('ok').baseUrl, credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, requestHandler: new NodeHttpHandler() });
    expect((await traced(() => client.send(new sdk.ConverseCommand(conversation)))).operations).toEqual([]);
    expect(client.middlewareStack.identify().filter((name) => name.includes('outspan'))).toEqual([]);
    instrumentation.enable();
    expect((await traced(() => client.send(new sdk.ConverseCommand(conversation)))).operations).toHaveLength(1);
  });
});
