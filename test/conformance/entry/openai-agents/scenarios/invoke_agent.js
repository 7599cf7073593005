// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// One run of an agent without tools.
const { Agent, Runner, setTraceProcessors } = require('@openai/agents');

// Else the SDK sends its own traces to api.openai.com.
setTraceProcessors([]);

const agent = new Agent({
  name: 'weather_assistant',
  instructions: 'You are a helpful assistant.',
  model: 'gpt-4o-mini',
  modelSettings: {
    maxTokens: 100,
    temperature: 0.5,
    topP: 0.9,
    frequencyPenalty: 0.1,
    presencePenalty: 0.2,
  },
});

async function main() {
  await new Runner({ workflowName: 'conformance_workflow' }).run(agent, 'Say this is a test');
}

void main();
