// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// Embeddings of a batch, with an explicit dimension count.
const { GoogleGenAI } = require('@google/genai');

async function main() {
  const client = new GoogleGenAI({ apiVersion: 'v1beta' });
  await client.models.embedContent({
    model: 'text-embedding-004',
    contents: ['Say this is a test', 'And this is another one'],
    config: { outputDimensionality: 256 },
  });
}

void main();
