// An ordinary application: the real SDKs, and no telemetry code of its own.
// It prints one JSON line per call: what it saw of it.
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

/** Base URLs by call, so that each call can meet a fault of its own; an application has one. */
const urls = JSON.parse(process.env.DEMO_BASE_URLS ?? '{}');
const messages = [{ role: 'user', content: 'What is the weather in Paris?' }];
const tools = [
  {
    type: 'function',
    function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
];

const openai = (call, options) => new OpenAI({ apiKey: 'sk-demo', baseURL: `${urls[call]}/v1`, ...options });
const anthropic = (call, options) => new Anthropic({ apiKey: 'sk-ant-demo', baseURL: urls[call], ...options });

async function readAll(stream, textOf) {
  let text = '';
  for await (const event of stream) text += textOf(event) ?? '';
  return `no error; ${text.length} characters of text`;
}

const chatText = (chunk) => chunk.choices?.[0]?.delta?.content;
const messageText = (event) => event.delta?.text;

const calls = {
  async healthy_chat(call) {
    const answer = await openai(call).chat.completions.create({ model: 'gpt-5', messages });
    return `no error; “${answer.choices[0].message.content.slice(0, 24)}…”`;
  },
  async healthy_stream(call) {
    const stream = await openai(call).chat.completions.create({ model: 'gpt-5', messages, stream: true, stream_options: { include_usage: true } });
    return readAll(stream, chatText);
  },
  async healthy_claude(call) {
    const answer = await anthropic(call).messages.create({ model: 'claude-sonnet-5', max_tokens: 256, messages });
    return `no error; stop_reason ${answer.stop_reason}`;
  },
  async repaired_by_retries(call) {
    const answer = await openai(call).chat.completions.create({ model: 'gpt-5', messages });
    return `no error; finish_reason ${answer.choices[0].finish_reason}`;
  },
  async gateway_down(call) {
    await openai(call, { maxRetries: 1 }).chat.completions.create({ model: 'gpt-5', messages });
  },
  async rate_limited(call) {
    await openai(call, { maxRetries: 0 }).chat.completions.create({ model: 'gpt-5', messages });
  },
  async out_of_quota(call) {
    await openai(call, { maxRetries: 0 }).chat.completions.create({ model: 'gpt-5', messages });
  },
  async overloaded_claude(call) {
    await anthropic(call, { maxRetries: 0 }).messages.create({ model: 'claude-sonnet-5', max_tokens: 256, messages });
  },
  async cut_stream(call) {
    const stream = await openai(call).chat.completions.create({ model: 'gpt-5', messages, stream: true });
    return readAll(stream, chatText);
  },
  async cut_claude_stream(call) {
    const stream = await anthropic(call).messages.create({ model: 'claude-sonnet-5', max_tokens: 256, messages, stream: true });
    return readAll(stream, messageText);
  },
  async html_under_200(call) {
    const answer = await openai(call).chat.completions.create({ model: 'gpt-5', messages });
    return `no error; a ${typeof answer} in place of an answer`;
  },
  async half_tool_call(call) {
    const answer = await openai(call).chat.completions.create({ model: 'gpt-5', messages, tools });
    const [toolCall] = answer.choices[0].message.tool_calls;
    return `no error; ${toolCall.function.name}(${toolCall.function.arguments}`;
  },
  async stopped_by_us(call) {
    const stream = await openai(call).chat.completions.create({ model: 'gpt-5', messages, stream: true });
    for await (const _ of stream) break;
    return 'no error; it stopped reading by itself';
  },
};

for (const [call, run] of Object.entries(calls)) {
  let saw;
  try {
    saw = await run(call);
  } catch (error) {
    saw = `${error.constructor.name}${error.status === undefined ? '' : ` ${error.status}`}`;
  }
  process.stdout.write(`${JSON.stringify({ call, saw })}\n`);
}
