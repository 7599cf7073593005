// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// Embeddings of a batch, with an explicit encoding format and dimension count.
const OpenAI = require('openai');

async function main() {
  await new OpenAI().embeddings.create({
    model: 'text-embedding-3-small',
    input: ['Say this is a test', 'And this is another one'],
    encoding_format: 'float',
    dimensions: 256,
  });
}

void main();
