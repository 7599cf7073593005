// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// A call that names a JSON schema for its answer.
const { GoogleGenAI, Type } = require('@google/genai');

async function main() {
  const client = new GoogleGenAI({ apiVersion: 'v1beta' });
  await client.models.generateContent({
    model: 'gemini-2.0-flash',
    contents: 'What is the weather in Seattle?',
    config: {
      systemInstruction: 'You are a helpful assistant.',
      responseMimeType: 'application/json',
      responseSchema: {
        type: Type.OBJECT,
        properties: {
          location: { type: Type.STRING },
          temperature: { type: Type.INTEGER },
          conditions: { type: Type.STRING, enum: ['sunny', 'cloudy', 'rainy'] },
        },
        required: ['location', 'temperature', 'conditions'],
      },
      maxOutputTokens: 100,
      temperature: 0.5,
    },
  });
}

void main();
