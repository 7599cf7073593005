import { context, trace } from '@opentelemetry/api';
import { CallTracker, readSdkError, settle, withCallAttributes } from '@outspan/core';
import type { OutspanConfig, Step, StepStart } from '@outspan/core';

/** Workflows, agents and tools, as the instrumentation of a framework starts and ends them. `call` makes one inference call. */
export const STEPS: Readonly<Record<string, (start: (subject: StepStart['subject'], parent?: Step) => Step, call: () => Promise<unknown>) => Promise<void>>> = {
  'a workflow of agents with tools': async (start, call) => {
    const workflow = start({ kind: 'workflow', name: 'travel desk', conversationId: 'conv_1' });
    const agent = start({ kind: 'agent', name: 'planner', description: 'Plans trips.' }, workflow);
    await context.with(agent.context, call);
    const tool = start({ kind: 'tool', name: 'get_weather', type: 'function', callId: 'call_1', description: 'Tells the weather.' }, agent);
    tool.end('returned', () => ({ toolResult: { sky: 'blue' } }));
    await context.with(agent.context, call);
    agent.end('returned', () => ({ outputMessages: [{ role: 'assistant', parts: [{ type: 'text', content: 'Blue.' }], finish_reason: 'stop' }] }));
    workflow.end('returned');
  },
  'a conversation of a user': (start, call) =>
    withCallAttributes({ 'gen_ai.conversation.id': 'conv_2', 'user.id': 'user_1' }, async () => {
      const agent = start({ kind: 'agent', name: 'planner' });
      await context.with(agent.context, call);
      agent.end('returned');
    }),
  'steps without a name': (start) => {
    start({ kind: 'workflow' }).end('returned');
    start({ kind: 'agent' }).end('returned');
    return Promise.resolve();
  },
  'an agent that runs elsewhere': (start) => {
    start({ kind: 'agent', name: 'elsewhere', remote: { provider: 'openai', url: new URL('https://api.openai.com/v1'), id: 'asst_1', version: '2' } }).end('returned');
    return Promise.resolve();
  },
  'steps that fail': (start) => {
    const workflow = start({ kind: 'workflow', name: 'travel desk' });
    const agent = start({ kind: 'agent', name: 'planner' }, workflow);
    start({ kind: 'tool', name: 'get_weather' }, agent).end({ failed: 'tool_error' });
    agent.end({ threw: readSdkError(new TypeError('no')) });
    workflow.end('cancelled');
    return Promise.resolve();
  },
};

/** How steps are started with `config`. */
export function stepStarter(config: OutspanConfig): (subject: StepStart['subject'], parent?: Step) => Step {
  const settings = settle(config, {});
  const tracker = new CallTracker({ settings: () => settings, tracer: () => trace.getTracer('@outspan/steps'), meterProvider: () => undefined });
  const content = (): ReturnType<NonNullable<StepStart['content']>> => ({
    systemInstructions: [{ type: 'text', content: 'Be brief.' }],
    inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'What is the weather in Paris?' }] }],
    toolDefinitions: [{ type: 'function', name: 'get_weather' }],
  });
  return (subject, parent) => {
    const step = tracker.steps.start({ subject, parent: parent?.context ?? context.active(), content: subject.kind === 'tool' ? () => ({ toolArguments: '{"city":"Paris"}' }) : subject.kind === 'agent' ? content : () => ({}) });
    if (step === undefined) throw new Error('nothing is traced');
    return step;
  };
}
