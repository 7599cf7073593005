// Imports the SDK as a development server or a test runner does: by the URL of its file.
const { default: OpenAI } = await import(new URL('index.mjs', import.meta.resolve('openai').replace(/\?.*$/, '')).href);

const openai = new OpenAI({ apiKey: 'sk-none', maxRetries: 0, fetch: async () => Response.json({ object: 'chat.completion', id: 'chatcmpl-1', model: 'gpt-5', choices: [] }) });
await openai.chat.completions.create({ model: 'gpt-5', messages: [] });
