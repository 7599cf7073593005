// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// A prompt piped into a model: the smallest chain, with no agent around it.
const { ChatPromptTemplate } = require('@langchain/core/prompts');
const { ChatOpenAI } = require('@langchain/openai');

async function main() {
  const prompt = ChatPromptTemplate.fromMessages([
    ['system', 'You are a helpful assistant.'],
    ['human', '{question}'],
  ]);
  const chain = prompt
    .pipe(new ChatOpenAI({ model: 'gpt-4o-mini', temperature: 0.5, maxTokens: 100 }))
    .withConfig({ runName: 'conformance_workflow' });
  await chain.invoke({ question: 'Say this is a test' });
}

void main();
