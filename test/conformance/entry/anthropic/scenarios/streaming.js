// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// The request of inference.js, streamed and read to its end.
const Anthropic = require('@anthropic-ai/sdk');

const request = {
  model: 'claude-sonnet-4-20250514',
  system: 'You are a helpful assistant.',
  messages: [{ role: 'user', content: 'Say this is a test' }],
  max_tokens: 100,
  temperature: 0.5,
  top_p: 0.9,
  top_k: 10,
  stop_sequences: ['\n\n'],
};

async function main() {
  const stream = new Anthropic().messages.stream(request);
  for await (const _event of stream);
}

void main();
