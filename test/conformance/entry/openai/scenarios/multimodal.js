// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// Two chat completions: an image in, then audio in and out.
const OpenAI = require('openai');

// A transparent PNG of one pixel. Nothing decodes it.
const IMAGE =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const AUDIO = 'bW9jaw==';

async function main() {
  const client = new OpenAI();
  await client.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [
      { role: 'system', content: 'You are a helpful assistant.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is in this image?' },
          { type: 'image_url', image_url: { url: IMAGE } },
        ],
      },
    ],
    max_tokens: 100,
    temperature: 0.5,
  });
  await client.chat.completions.create({
    model: 'gpt-4o-audio-preview',
    modalities: ['text', 'audio'],
    audio: { voice: 'alloy', format: 'wav' },
    messages: [
      { role: 'system', content: 'You are a helpful assistant.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Repeat what you hear.' },
          { type: 'input_audio', input_audio: { data: AUDIO, format: 'wav' } },
        ],
      },
    ],
    max_tokens: 100,
    temperature: 0.5,
  });
}

void main();
