// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// The exchange of tool_calling.js, driven by the SDK: it calls the tool itself.
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
const weather = {
  tool: async () => ({ functionDeclarations: [declaration] }),
  callTool: async (calls) =>
    calls.map(({ name, args }) => ({
      functionResponse: { name, response: weatherIn(args) },
    })),
};

async function main() {
  const client = new GoogleGenAI({ apiVersion: 'v1beta' });
  await client.models.generateContent({
    model: 'gemini-2.0-flash',
    contents: "What's the weather in Seattle today?",
    config: {
      systemInstruction: 'You are a helpful assistant.',
      tools: [weather],
      maxOutputTokens: 100,
      temperature: 0.5,
    },
  });
}

void main();
