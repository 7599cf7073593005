// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// The exchange of tool_calling.js, driven by the SDK's own runner.
const Anthropic = require('@anthropic-ai/sdk');
const { betaTool } = require('@anthropic-ai/sdk/helpers/beta/json-schema');

const tool = betaTool({
  name: 'get_current_weather',
  description: 'Get the current weather in a given location',
  inputSchema: {
    type: 'object',
    properties: {
      location: { type: 'string', description: 'The city and state, e.g. Boston, MA' },
    },
    required: ['location'],
  },
  run: ({ location }) => `70 degrees and sunny in ${location}`,
});

async function main() {
  const runner = new Anthropic().beta.messages.toolRunner({
    model: 'claude-sonnet-4-20250514',
    system: 'You are a helpful assistant.',
    messages: [{ role: 'user', content: "What's the weather in Seattle today?" }],
    tools: [tool],
    max_tokens: 100,
    temperature: 0.5,
  });
  for await (const _message of runner);
}

void main();
