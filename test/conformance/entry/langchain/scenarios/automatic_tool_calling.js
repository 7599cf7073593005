// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// One run of an agent that calls its tool.
const { ChatOpenAI } = require('@langchain/openai');
const { createAgent, tool } = require('langchain');
const { z } = require('zod');

const weather = tool(async ({ location }) => `70 degrees and sunny in ${location}`, {
  name: 'get_current_weather',
  description: 'Get the current weather in a given location',
  schema: z.object({ location: z.string() }),
});

async function main() {
  const agent = createAgent({
    model: new ChatOpenAI({ model: 'gpt-4o-mini', temperature: 0.5, maxTokens: 100 }),
    tools: [weather],
    systemPrompt: 'You are a helpful assistant.',
    name: 'weather_assistant',
  });
  await agent.invoke({ messages: [{ role: 'user', content: "What's the weather in Seattle today?" }] });
}

void main();
