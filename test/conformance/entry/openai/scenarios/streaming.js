// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// The request of inference.js, streamed and read to its end.
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
  stream: true,
  stream_options: { include_usage: true },
};

async function main() {
  const stream = await new OpenAI().chat.completions.create(request);
  for await (const _chunk of stream);
}

void main();
