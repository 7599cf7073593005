import { createRequire } from 'node:module';
import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider } from '@outspan/fault-provider';
import { AwsBedrockInstrumentation, observe } from '@outspan/instrumentation-aws-bedrock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTracing, traced } from './tracing.ts';

type Bedrock = typeof import('@aws-sdk/client-bedrock-runtime-1164');
type Client = InstanceType<Bedrock['BedrockRuntimeClient']>;

const require = createRequire(import.meta.url);
const VERSIONS: readonly (readonly [version: string, sdk: Bedrock])[] = [
  ['3.830', require('@aws-sdk/client-bedrock-runtime-830')],
  ['3.1164', require('@aws-sdk/client-bedrock-runtime-1164')],
];

// Nothing listens on the wire here, so that a client that is not observed is not traced at all.
let provider: FaultProvider;

beforeAll(async () => {
  startTracing();
  provider = await startFaultProvider({ retryAfterSeconds: 0, tokenDelayMs: 30 });
});
afterAll(async () => {
  await provider.close();
});

const conversation = { modelId: 'anthropic.claude-3-haiku-20240307-v1:0', messages: [{ role: 'user' as const, content: [{ text: 'hi' }] }] };

function helpers(sdk: Bedrock) {
  const options = (script: string): NonNullable<ConstructorParameters<Bedrock['BedrockRuntimeClient']>[0]> => ({
    region: 'eu-central-1',
    endpoint: provider.session(script).baseUrl,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 2,
  });
  const clientFor = (script: string): Client => new sdk.BedrockRuntimeClient(options(script));
  const ask = (client: Client): Promise<unknown> => client.send(new sdk.ConverseCommand(conversation));
  const boundary = async (client: Client): Promise<unknown> => (await traced(() => ask(client))).operation['outspan.operation.boundary'];
  return { ask, boundary, clientFor, options };
}

describe.each(VERSIONS)('a client of @aws-sdk/client-bedrock-runtime %s that is observed by hand', (_, sdk) => {
  const { ask, boundary, clientFor, options } = helpers(sdk);

  it('is itself, and the one of its class that is observed', async () => {
    const client = clientFor('ok');
    expect(observe(observe(client))).toBe(client);
    expect(Object.hasOwn(client, 'send')).toBe(false);
    expect([await boundary(client), await boundary(clientFor('ok'))]).toEqual(['sdk', undefined]);
  });

  it('has its retries in one operation', async () => {
    const { operations, attempts } = await traced(() => ask(observe(clientFor('unavailable,ok'))));
    expect(operations.map(({ attributes }) => attributes['outspan.retry.count'])).toEqual([1]);
    expect(attempts).toHaveLength(2);
  });

  it('is observed in streams, and knows that its reader left', async () => {
    const { operation } = await traced(async () => {
      const { stream } = await observe(clientFor('ok_slow')).send(new sdk.ConverseStreamCommand(conversation));
      for await (const event of stream ?? []) if (event.contentBlockDelta !== undefined) break;
    });
    expect([operation['outspan.operation.boundary'], operation['outspan.operation.cancelled']]).toEqual(['sdk', true]);
  });

  it('is observed where it has a method for each command, and where an application has made a class of it', async () => {
    class Mine extends sdk.BedrockRuntime {}
    const { operation } = await traced(() => observe(new Mine(options('ok'))).converse(conversation));
    expect(operation['outspan.operation.boundary']).toBe('sdk');
  });

  it('leaves clients of the same class alone, and those of other services', async () => {
    const other = { config: { serviceId: 'DynamoDB' }, middlewareStack: {}, send: () => 'sent' };
    expect(observe(other)).toBe(other);
    expect(other.send()).toBe('sent');
  });
});

it.each(VERSIONS)('a client of @aws-sdk/client-bedrock-runtime %s that is observed by hand is off and on with the instrumentation', async (_, sdk) => {
  const { boundary, clientFor } = helpers(sdk);
  const client = observe(clientFor('ok'));
  const instrumentation = new AwsBedrockInstrumentation();
  const on = await boundary(client);
  instrumentation.disable();
  const off = await boundary(client);
  instrumentation.enable();
  expect([on, off, await boundary(client)]).toEqual(['sdk', undefined, 'sdk']);
  instrumentation.disable();
});
