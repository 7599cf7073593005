// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// Two messages: one with an image, one with a document.
const Anthropic = require('@anthropic-ai/sdk');

// A transparent PNG of one pixel and a PDF of one page. Nothing decodes them.
const IMAGE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const DOCUMENT =
  'JVBERi0xLjQKMSAwIG9iago8PC9UeXBlL0NhdGFsb2cvUGFnZXMgMiAwIFI+PgplbmRvYmoKdHJhaWxlcgo8PC9Sb290IDEgMCBSPj4K';

async function main() {
  const client = new Anthropic();
  const ask = (text, block) =>
    client.messages.create({
      model: 'claude-sonnet-4-20250514',
      system: 'You are a helpful assistant.',
      messages: [{ role: 'user', content: [{ type: 'text', text }, block] }],
      max_tokens: 100,
      temperature: 0.5,
    });
  await ask('What is in this image?', {
    type: 'image',
    source: { type: 'base64', media_type: 'image/png', data: IMAGE },
  });
  await ask('Summarise this document.', {
    type: 'document',
    source: { type: 'base64', media_type: 'application/pdf', data: DOCUMENT },
  });
}

void main();
