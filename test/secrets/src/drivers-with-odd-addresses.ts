import type { ApplicationName, CallSettings, Driver } from '@outspan/test-contract/drivers/driver';
import type { Canaries } from './canaries.ts';
import { membersOf } from './requests.ts';

interface Row {
  readonly name: string;
  readonly application?: ApplicationName;
  readonly dialect?: Driver['dialect'];
  readonly send: (settings: CallSettings, c: Canaries) => Promise<unknown>;
}

const messages = [{ role: 'user' as const, content: 'Hello' }];

async function post(address: string, body: object): Promise<string> {
  const response = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return response.text();
}

/** The address with a user and a password. */
function withUser(address: string, { urlUser, urlPassword }: Canaries): string {
  return address.replace('://', `://${urlUser}:${urlPassword}@`);
}

/** Addresses that hold secrets in other places than the contract's drivers have them. */
const ROWS: readonly Row[] = [
  { name: 'fetch with a key in the query', send: ({ baseUrl }, c) => post(`${baseUrl}/v1/chat/completions?key=${c.urlQuery}&api-version=1`, membersOf('openai.chat', c)) },
  { name: 'fetch with a fragment', send: ({ baseUrl }, c) => post(`${baseUrl}/v1/chat/completions#${c.urlQuery}`, membersOf('openai.chat', c)) },
  { name: 'fetch with a query without a name', send: ({ baseUrl }, c) => post(`${baseUrl}/v1/chat/completions?${c.urlQuery}`, membersOf('openai.chat', c)) },
  // Fetch refuses such addresses, and says so with the whole of them.
  { name: 'fetch with a user', send: ({ baseUrl }, c) => post(withUser(`${baseUrl}/v1/chat/completions`, c), membersOf('openai.chat', c)) },
  {
    name: 'OpenAI SDK with a user',
    async send({ load, baseUrl, apiKey }, c) {
      const { OpenAI } = await load('openai-7');
      return new OpenAI({ apiKey, baseURL: withUser(`${baseUrl}/v1`, c), maxRetries: 0 }).chat.completions.create({ model: 'gpt-4o-mini', messages });
    },
  },
  {
    name: 'OpenAI SDK with a key in the query',
    async send({ load, baseUrl, apiKey }, c) {
      const { OpenAI } = await load('openai-7');
      return new OpenAI({ apiKey, baseURL: `${baseUrl}/v1`, maxRetries: 0, defaultQuery: { key: c.urlQuery, 'subscription-key': c.urlQuery } }).chat.completions.create({ model: 'gpt-4o-mini', messages });
    },
  },
  {
    name: 'undici with a user',
    application: 'undici-8',
    async send({ load, baseUrl }, c) {
      const { request } = await load('undici-8');
      const { body } = await request(withUser(`${baseUrl}/v1/chat/completions`, c), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(membersOf('openai.chat', c)) });
      return body.text();
    },
  },
  // The key where the deployment or the model should be: a mistake in a configuration.
  { name: 'fetch with a key for a deployment', send: ({ baseUrl }, c) => post(`${baseUrl}/openai/deployments/${c.keyOpenai}/chat/completions?api-version=1`, membersOf('openai.chat', c)) },
  { name: 'fetch with a key for a model', send: ({ baseUrl }, c) => post(`${baseUrl}/v1/chat/completions`, { ...membersOf('openai.chat', c), model: c.keyOpenai }) },
  { name: 'fetch with a key for a Gemini model', dialect: 'gemini.generate_content', send: ({ baseUrl }, c) => post(`${baseUrl}/v1beta/models/${c.keyGoogle}:generateContent`, membersOf('gemini.generate_content', c)) },
  {
    name: 'Anthropic SDK with a key for a model',
    dialect: 'anthropic.messages',
    async send({ load, baseUrl, apiKey }, c) {
      const { Anthropic } = await load('@anthropic-ai/sdk');
      return new Anthropic({ apiKey, baseURL: baseUrl, maxRetries: 0 }).messages.create({ model: c.keyAnthropic, max_tokens: 16, messages });
    },
  },
];

/** Drivers whose addresses hold secrets in odd places. */
export function placedInAddresses(canaries: Canaries): readonly Driver[] {
  return ROWS.map(({ name, application = 'sdks', dialect = 'openai.chat', send }) => ({
    id: name,
    library: 'fetch',
    application,
    modules: [],
    dialect,
    mode: 'unary',
    boundary: { hooked: 'inferred', hookless: 'inferred' },
    attempts: () => 1,
    deadline: { head: 'none', body: 'none' },
    patterns: ['read'],
    call: async (settings) => void (await send(settings, canaries)),
  }));
}
