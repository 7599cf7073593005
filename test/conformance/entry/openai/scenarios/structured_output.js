// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// A chat completion that names a JSON schema for its answer.
const OpenAI = require('openai');

const schema = {
  type: 'object',
  properties: {
    location: { type: 'string' },
    temperature: { type: 'integer' },
    conditions: { enum: ['sunny', 'cloudy', 'rainy'] },
  },
  required: ['location', 'temperature', 'conditions'],
  additionalProperties: false,
};

async function main() {
  await new OpenAI().chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: 'What is the weather in Seattle?' },
    ],
    response_format: { type: 'json_schema', json_schema: { name: 'forecast', strict: true, schema } },
    max_tokens: 100,
    temperature: 0.5,
  });
}

void main();
