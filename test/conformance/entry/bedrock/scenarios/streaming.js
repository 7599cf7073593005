// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// The request of inference.js, as an event stream that is read to its end.
const { BedrockRuntimeClient, ConverseStreamCommand } = require('@aws-sdk/client-bedrock-runtime');
const { NodeHttpHandler } = require('@smithy/node-http-handler');

// This client speaks HTTP/2 by default, and the mock server HTTP/1.1 only.
const client = new BedrockRuntimeClient({ requestHandler: new NodeHttpHandler() });
const request = {
  modelId: 'anthropic.claude-3-5-sonnet-20240620-v1:0',
  system: [{ text: 'You are a helpful assistant.' }],
  messages: [{ role: 'user', content: [{ text: 'Say this is a test' }] }],
  inferenceConfig: { maxTokens: 100, temperature: 0.5, topP: 0.9, stopSequences: ['\n\n'] },
};

async function main() {
  const { stream } = await client.send(new ConverseStreamCommand(request));
  for await (const _event of stream);
}

void main();
