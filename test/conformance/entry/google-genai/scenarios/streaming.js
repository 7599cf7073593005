// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// The request of inference.js, streamed and read to its end.
const { GoogleGenAI } = require('@google/genai');

const request = {
  model: 'gemini-2.0-flash',
  contents: 'Say this is a test',
  config: {
    systemInstruction: 'You are a helpful assistant.',
    maxOutputTokens: 100,
    temperature: 0.5,
    topP: 0.9,
    topK: 10,
    frequencyPenalty: 0.1,
    presencePenalty: 0.2,
    stopSequences: ['\n\n'],
    seed: 42,
  },
};

async function main() {
  const client = new GoogleGenAI({ apiVersion: 'v1beta' });
  const stream = await client.models.generateContentStream(request);
  for await (const _chunk of stream);
}

void main();
