import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type FaultProvider, startFaultProvider } from './provider.ts';

let provider: FaultProvider;
beforeAll(async () => {
  provider = await startFaultProvider();
});
afterAll(() => provider.close());

type Message = Readonly<Record<string, unknown>>;

/** Asks for a response as soon as it can, and again for each one that came, until `asked` were. */
async function converse(path: string, script: string, options: { readonly asked?: number; readonly closeCode?: number } = {}): Promise<{ readonly types: readonly unknown[]; readonly messages: readonly Message[]; readonly code: unknown; readonly faults: readonly string[] }> {
  const session = provider.session(script, options.closeCode === undefined ? {} : { closeCode: options.closeCode });
  const socket = new WebSocket(`${session.baseUrl.replace('http', 'ws')}${path}`);
  const messages: Message[] = [];
  let asked = 0;
  const ask = (): void => {
    if (asked++ < (options.asked ?? 1)) socket.send(JSON.stringify({ type: 'response.create', event_id: `event_${asked}` }));
    else socket.close(1000);
  };
  socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString()) as Message;
    messages.push(message);
    if (['session.created', 'response.done', 'response.completed', 'error'].includes(String(message['type']))) ask();
  });
  socket.on('open', () => {
    if (path.includes('responses')) ask();
  });
  const [code] = (await once(socket, 'close')) as unknown[];
  return { types: messages.map(({ type }) => type), messages, code, faults: session.requests.map(({ fault }) => fault) };
}

const REALTIME = '/v1/realtime?model=gpt-realtime';
const RESPONSES = '/v1/responses';

describe('the provider over a WebSocket', () => {
  it('answers a response.create of the responses API by the events of its stream', async () => {
    const { code, types } = await converse(RESPONSES, 'ok');
    expect(types[0]).toBe('response.created');
    expect(types.at(-1)).toBe('response.completed');
    expect(code).toBe(1000);
  });

  it('greets a client of the realtime API, and answers with tokens by modality', async () => {
    const { messages, types } = await converse(REALTIME, 'ok');
    expect(types[0]).toBe('session.created');
    expect(messages.at(-1)).toMatchObject({ type: 'response.done', response: { status: 'completed', usage: { input_token_details: { cached_tokens: 8 } } } });
  });

  it('takes one step of the script for each response, the first of which the handshake has taken', async () => {
    const { faults, messages } = await converse(REALTIME, 'ok,429,ok', { asked: 3 });
    expect(faults).toEqual(['ok', 'rate_limited', 'ok']);
    expect(messages.find(({ type }) => type === 'error')).toMatchObject({ error: { code: 'rate_limit_exceeded', event_id: 'event_2' } });
  });

  it.each(['401', '429', '502'])('refuses the handshake with %s', async (status) => {
    const socket = new WebSocket(`${provider.session(status).baseUrl.replace('http', 'ws')}${RESPONSES}`);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toBe(`Unexpected server response: ${status}`);
  });

  it('ends what is cut cleanly by a close frame, and what is lost by none', async () => {
    expect(await converse(REALTIME, 'stream_cut')).toMatchObject({ code: 1011 });
    expect(await converse(RESPONSES, 'stream_cut', { closeCode: 1001 })).toMatchObject({ code: 1001 });
    for (const fault of ['stream_fin', 'stream_reset', 'stream_cut_inside_event']) expect(await converse(RESPONSES, fault)).toMatchObject({ code: 1006 });
  });

  it('refuses other paths', async () => {
    const socket = new WebSocket(`${provider.session('ok').baseUrl.replace('http', 'ws')}/v1/chat/completions`);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('404');
  });
});
