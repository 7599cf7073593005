// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// Two round trips: the call that the model asks for, then the tool's result.
const OpenAI = require('openai');

const model = 'gpt-4o-mini';
const tool = {
  type: 'function',
  function: {
    name: 'get_current_weather',
    description: 'Get the current weather in a given location',
    parameters: {
      type: 'object',
      properties: {
        location: { type: 'string', description: 'The city and state, e.g. Boston, MA' },
      },
      required: ['location'],
      additionalProperties: false,
    },
  },
};

async function main() {
  const client = new OpenAI();
  const messages = [
    { role: 'system', content: 'You are a helpful assistant.' },
    { role: 'user', content: "What's the weather in Seattle today?" },
  ];
  const first = await client.chat.completions.create({
    model,
    messages,
    tools: [tool],
    tool_choice: 'auto',
    max_tokens: 100,
    temperature: 0.5,
  });
  const asked = first.choices[0].message;
  messages.push(asked);
  for (const call of asked.tool_calls) {
    const { location } = JSON.parse(call.function.arguments);
    messages.push({ role: 'tool', tool_call_id: call.id, content: `70 degrees and sunny in ${location}` });
  }
  await client.chat.completions.create({ model, messages, tools: [tool], max_tokens: 100, temperature: 0.5 });
}

void main();
