// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// Two round trips: the call that the model asks for, then the tool's result.
const { GoogleGenAI, Type } = require('@google/genai');

const weatherIn = ({ location }) => ({ weather: `70 degrees and sunny in ${location}` });

const declaration = {
  name: 'get_current_weather',
  description: 'Get the current weather in a given location',
  parameters: {
    type: Type.OBJECT,
    properties: {
      location: { type: Type.STRING, description: 'The city and state, e.g. Boston, MA' },
    },
    required: ['location'],
  },
};
const config = {
  systemInstruction: 'You are a helpful assistant.',
  tools: [{ functionDeclarations: [declaration] }],
  automaticFunctionCalling: { disable: true },
  maxOutputTokens: 100,
  temperature: 0.5,
};

async function main() {
  const client = new GoogleGenAI({ apiVersion: 'v1beta' });
  const model = 'gemini-2.0-flash';
  const contents = [{ role: 'user', parts: [{ text: "What's the weather in Seattle today?" }] }];
  const first = await client.models.generateContent({ model, contents, config });
  contents.push(first.candidates[0].content);
  contents.push({
    role: 'user',
    parts: first.functionCalls.map(({ name, args }) => ({
      functionResponse: { name, response: weatherIn(args) },
    })),
  });
  await client.models.generateContent({ model, contents, config });
}

void main();
