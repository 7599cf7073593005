import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider } from '@outspan/fault-provider';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startReceiver } from './receiver.ts';
import type { ExportedCall, Receiver } from './receiver.ts';
import { executables, haveRuntimes } from './task.ts';
import { serve } from './workerd.ts';
import type { Worker } from './workerd.ts';

let provider: FaultProvider;
let receiver: Receiver;
let worker: Worker | undefined;
beforeAll(async () => {
  provider = await startFaultProvider();
  receiver = await startReceiver();
});
afterEach(() => worker?.stop());
afterAll(async () => {
  receiver.close();
  await provider.close();
});

async function ask(path: string, script: string, flags: readonly string[]): Promise<{ readonly text: string; readonly call: ExportedCall | undefined; readonly stderr: string }> {
  const before = receiver.calls().length;
  worker = await serve(executables().workerd, 'apps/edge.mjs', flags, { OTLP: receiver.url, BASE_URL: `${provider.session(script, { tokenDelayMs: 20 }).baseUrl}/v1` });
  const answer = await fetch(`${worker.url}${path}`);
  const text = await answer.text();
  for (let tries = 0; tries < 100 && receiver.calls().length === before; tries++) await new Promise((resolve) => setTimeout(resolve, 50));
  return { text, call: receiver.calls()[before], stderr: worker.written.stderr };
}

describe.runIf(haveRuntimes).each([
  ['with the modules of Node', ['nodejs_compat']],
  ['without any', []],
] as const)('a worker %s', (_, flags) => {
  it('is set up where its module is loaded, and exports a call once it has answered', async () => {
    const { call, stderr, text } = await ask('/unary', '502,ok', flags);
    expect(text).toContain('Paris');
    expect(call?.operation).toMatchObject({ name: 'chat gpt-5', failed: false, attributes: { 'outspan.retry.count': 1, 'gen_ai.usage.output_tokens': 12 } });
    expect(call?.attempts.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([502, 200]);
    const lines = stderr.split('\n').filter((line) => line !== '');
    expect(lines).toEqual(lines.filter((line) => /^\[outspan\] warn: (?:The OpenAI SDK is in use but is not hooked \(modules cannot be hooked on this runtime\)|No OpenTelemetry context manager is registered)/.test(line)));
  });

  it('exports a stream that goes on after the handler has returned', async () => {
    const { call, text } = await ask('/stream', 'ok_slow', flags);
    expect(text).toContain('chat.completion.chunk');
    expect(call?.operation).toMatchObject({ failed: false, attributes: { 'gen_ai.response.finish_reasons': { values: [{ stringValue: 'stop' }] } } });
  });

  it('exports a cut stream as one', async () => {
    const { call } = await ask('/stream', 'stream_cut_between_events', flags);
    expect(call?.operation).toMatchObject({ failed: true, attributes: { 'outspan.response.truncation.kind': 'stream_unterminated' } });
  });

  it('hands on an answer natively', async () => {
    const { text } = await ask('/handed-on', 'ok_slow', flags);
    expect(text).toContain('[DONE]');
  });
});
