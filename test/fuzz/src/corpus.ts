import { request } from 'node:http';
import { startFaultProvider } from '@outspan/fault-provider';

/** How an application asks, and in which wire format. */
export type ClientName = 'openai chat' | 'openai chat stream' | 'openai responses stream' | 'anthropic' | 'anthropic stream' | 'fetch' | 'fetch stream' | 'fetch, broken off';

/** What a request looks like on the wire. `ends`: what only the event has that ends a healthy stream; absent where the answer is one document. */
interface Wire {
  readonly path: string;
  readonly body: object;
  readonly ends?: RegExp;
}

const MESSAGES = [{ role: 'user', content: 'What is the capital of France?' }] as const;
const TOOL = { name: 'look_up', description: 'Looks a fact up.' } as const;
const TOOLS = { tools: [{ type: 'function', function: { ...TOOL, parameters: { type: 'object', properties: {} } } }] } as const;

const CHAT: Wire = { path: '/v1/chat/completions', body: { model: 'gpt-4o-mini', messages: MESSAGES, ...TOOLS } };
const CHAT_STREAM: Wire = { path: CHAT.path, body: { ...CHAT.body, stream: true }, ends: /"finish_reason":"\w+"[^\n\r]*/ };

/** What each client sends. */
export const WIRES: Readonly<Record<ClientName, Wire>> = {
  'openai chat': CHAT,
  'openai chat stream': CHAT_STREAM,
  'openai responses stream': { path: '/v1/responses', body: { model: 'gpt-4o-mini', input: 'What is the capital of France?', stream: true }, ends: /data: \{"type":"response\.completed"[^\n\r]*/ },
  anthropic: { path: '/v1/messages', body: { model: 'claude-sonnet-4-5', max_tokens: 256, messages: MESSAGES } },
  'anthropic stream': { path: '/v1/messages', body: { model: 'claude-sonnet-4-5', max_tokens: 256, messages: MESSAGES, stream: true }, ends: /data: \{"type":"message_stop"[^\n\r]*/ },
  fetch: CHAT,
  'fetch stream': CHAT_STREAM,
  'fetch, broken off': CHAT_STREAM,
};

/** Every client. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a literal
export const CLIENTS = Object.keys(WIRES) as readonly ClientName[];

/** Answers that are whole by themselves, and what is true of them. */
export const ANSWERS: Readonly<Record<string, { readonly failed: boolean }>> = {
  ok: { failed: false },
  ok_tool_call: { failed: false },
  ok_gzip: { failed: false },
  ok_zstd: { failed: false },
  ok_crlf: { failed: false },
  token_limit: { failed: false },
  rate_limited: { failed: true },
  server_error: { failed: true },
  bad_gateway_page: { failed: true },
  edge_challenge: { failed: true },
  html_200: { failed: true },
  error_json_200: { failed: true },
};

/** An answer as the fault provider sends it, without framing. */
export interface RecordedAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** So many bytes of the body prove that a healthy answer is whole. Undefined where only the framing's end does. */
  readonly endsAt: number | undefined;
}

/** Headers that the framing decides anew, or that only one connection means. */
const FRAMING: ReadonlySet<string> = new Set(['transfer-encoding', 'content-length', 'connection', 'keep-alive', 'date']);

/** Asks the fault provider for every answer that a client may meet, and keeps the bytes. */
export async function recordAnswers(): Promise<ReadonlyMap<string, RecordedAnswer>> {
  const provider = await startFaultProvider({ seed: 1 });
  try {
    const answers = new Map<string, RecordedAnswer>();
    for (const client of CLIENTS) {
      for (const fault of Object.keys(ANSWERS)) {
        const answer = await ask(`${provider.session(fault).baseUrl}${WIRES[client].path}`, WIRES[client]);
        answers.set(keyOf(client, fault), answer);
      }
    }
    return answers;
  } finally {
    await provider.close();
  }
}

/** What an answer is kept under. */
export function keyOf(client: ClientName, fault: string): string {
  return `${client}: ${fault}`;
}

function ask(url: string, { body, ends }: Wire): Promise<RecordedAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer none', 'accept-encoding': 'gzip, zstd' }, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const whole = Buffer.concat(chunks);
        const headers: (readonly [string, string])[] = [];
        for (let at = 0; at + 1 < response.rawHeaders.length; at += 2) headers.push([response.rawHeaders[at] ?? '', response.rawHeaders[at + 1] ?? '']);
        const end = ends === undefined || response.headers['content-encoding'] !== undefined ? null : ends.exec(whole.toString('latin1'));
        resolve({
          status: response.statusCode ?? 0,
          reason: response.statusMessage ?? '',
          headers: headers.filter(([name]) => !FRAMING.has(name.toLowerCase())),
          body: whole,
          endsAt: end === null ? undefined : end.index + end[0].length,
        });
      });
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}
