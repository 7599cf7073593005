// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// One run of an agent without tools.
const { ChatOpenAI } = require('@langchain/openai');
const { createAgent } = require('langchain');

async function main() {
  const agent = createAgent({
    model: new ChatOpenAI({ model: 'gpt-4o-mini', temperature: 0.5, maxTokens: 100 }),
    tools: [],
    systemPrompt: 'You are a helpful assistant.',
    name: 'weather_assistant',
  });
  await agent.invoke({ messages: [{ role: 'user', content: 'Say this is a test' }] });
}

void main();
