// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// Two calls: an image in, then an image asked for.
const { GoogleGenAI } = require('@google/genai');

// A transparent PNG of one pixel. Nothing decodes it.
const IMAGE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

async function main() {
  const client = new GoogleGenAI({ apiVersion: 'v1beta' });
  await client.models.generateContent({
    model: 'gemini-2.0-flash',
    contents: [
      {
        role: 'user',
        parts: [{ text: 'What is in this image?' }, { inlineData: { data: IMAGE, mimeType: 'image/png' } }],
      },
    ],
    config: {
      systemInstruction: 'You are a helpful assistant.',
      maxOutputTokens: 100,
      temperature: 0.5,
    },
  });
  await client.models.generateContent({
    model: 'gemini-2.0-flash-preview-image-generation',
    contents: 'Draw a picture of a cat',
    config: {
      systemInstruction: 'You are a helpful assistant.',
      responseModalities: ['TEXT', 'IMAGE'],
      maxOutputTokens: 100,
      temperature: 0.5,
    },
  });
}

void main();
