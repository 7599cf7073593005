// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// Two round trips: the call that the model asks for, then the tool's result.
const Anthropic = require('@anthropic-ai/sdk');

const tool = {
  name: 'get_current_weather',
  description: 'Get the current weather in a given location',
  input_schema: {
    type: 'object',
    properties: {
      location: { type: 'string', description: 'The city and state, e.g. Boston, MA' },
    },
    required: ['location'],
  },
};

async function main() {
  const client = new Anthropic();
  const messages = [{ role: 'user', content: "What's the weather in Seattle today?" }];
  const ask = () =>
    client.messages.create({
      model: 'claude-sonnet-4-20250514',
      system: 'You are a helpful assistant.',
      messages,
      tools: [tool],
      max_tokens: 100,
      temperature: 0.5,
    });
  const { content } = await ask();
  messages.push({ role: 'assistant', content });
  messages.push({
    role: 'user',
    content: content
      .filter((block) => block.type === 'tool_use')
      .map((block) => ({
        type: 'tool_result',
        tool_use_id: block.id,
        content: `70 degrees and sunny in ${block.input.location}`,
      })),
  });
  await ask();
}

void main();
