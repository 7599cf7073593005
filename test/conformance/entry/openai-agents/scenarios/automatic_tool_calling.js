// Copyright The OpenTelemetry Authors
// SPDX-License-Identifier: Apache-2.0

// One run of an agent that calls its tool.
const { Agent, Runner, setTraceProcessors, tool } = require('@openai/agents');
const { z } = require('zod');

// Else the SDK sends its own traces to api.openai.com.
setTraceProcessors([]);

const weather = tool({
  name: 'get_current_weather',
  description: 'Get the current weather in a given location',
  parameters: z.object({ location: z.string() }),
  execute: async ({ location }) => `70 degrees and sunny in ${location}`,
});

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
  tools: [weather],
});

async function main() {
  await new Runner({ workflowName: 'conformance_workflow' }).run(agent, "What's the weather in Seattle today?");
}

void main();
