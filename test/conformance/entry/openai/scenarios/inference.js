// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// A plain chat completion with every sampling option that the API takes.
const OpenAI = require('openai');

const request = {
  model: 'gpt-4o-mini',
  messages: [
    { role: 'system', content: 'You are a helpful assistant.' },
    { role: 'user', content: 'Say this is a test' },
  ],
  max_tokens: 100,
  temperature: 0.5,
  top_p: 0.9,
  frequency_penalty: 0.1,
  presence_penalty: 0.2,
  stop: ['\n\n'],
  seed: 42,
  service_tier: 'default',
};

async function main() {
  await new OpenAI().chat.completions.create(request);
}

void main();
