// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// Two round trips: the call that the model asks for, then the tool's result.
const { BedrockRuntimeClient, ConverseCommand } = require('@aws-sdk/client-bedrock-runtime');
const { NodeHttpHandler } = require('@smithy/node-http-handler');

// This client speaks HTTP/2 by default, and the mock server HTTP/1.1 only.
const client = new BedrockRuntimeClient({ requestHandler: new NodeHttpHandler() });
const toolSpec = {
  name: 'get_current_weather',
  description: 'Get the current weather in a given location',
  inputSchema: {
    json: {
      type: 'object',
      properties: {
        location: { type: 'string', description: 'The city and state, e.g. Boston, MA' },
      },
      required: ['location'],
    },
  },
};

async function main() {
  const messages = [{ role: 'user', content: [{ text: "What's the weather in Seattle today?" }] }];
  const ask = () =>
    client.send(
      new ConverseCommand({
        modelId: 'anthropic.claude-3-5-sonnet-20240620-v1:0',
        system: [{ text: 'You are a helpful assistant.' }],
        messages,
        toolConfig: { tools: [{ toolSpec }] },
        inferenceConfig: { maxTokens: 100, temperature: 0.5 },
      }),
    );
  const { message } = (await ask()).output;
  messages.push(message);
  messages.push({
    role: 'user',
    content: message.content
      .filter((block) => block.toolUse !== undefined)
      .map(({ toolUse }) => ({
        toolResult: {
          toolUseId: toolUse.toolUseId,
          content: [{ text: `70 degrees and sunny in ${toolUse.input.location}` }],
        },
      })),
  });
  await ask();
}

void main();
