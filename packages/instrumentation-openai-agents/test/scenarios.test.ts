import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Result } from './fixtures/run-scenarios.ts';

const RUNNER = fileURLToPath(new URL('fixtures/run-scenarios.ts', import.meta.url));

type Results = Readonly<Record<string, Result>>;

async function run(module: string, form: string, mode: 'content' | 'none' | 'off'): Promise<Results> {
  // The SDK does not trace where NODE_ENV is test.
  const env = { ...process.env, NODE_ENV: 'production', OPENAI_API_KEY: '' };
  const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', RUNNER, module, form, mode], { timeout: 100_000, maxBuffer: 1e8, env });
  // Written by the fixture next to this file.
  return JSON.parse(stdout) as Results;
}

/** Where the versions differ, by the number of turns that they tell. */
const VERSIONS = [
  // As CommonJS: the ES modules of 0.3 import each other in a circle, which the hook of OpenTelemetry, as it is, breaks.
  { name: '0.3', module: '@openai/agents-3', form: 'cjs', turns: { beforeTheFirstCall: '', takenUpAgain: 1 } },
  { name: '0.20', module: '@openai/agents-20', form: 'esm', turns: { beforeTheFirstCall: ' agent.turns=1', takenUpAgain: 2 } },
] as const;

const RUN = 'invoke_workflow Agent workflow';
const THREAD = 'conversation.id=thread_1';
const CHAT = 'chat gpt-5 operation.boundary=sdk retry.count=0';
const CALL = `    ${CHAT}`;
const TOOL = '    execute_tool get_weather';
const agent = (name: string, turns: number): string => `  invoke_agent ${name} agent.turns=${turns}`;
const failed = (type: string, of = 'unknown', origin = 'client'): string => `ERROR error.type=${type} error.class=${of} error.origin=${origin}`;

describe.each(VERSIONS)('a run of the Agents SDK $name', ({ module, form, turns }) => {
  let results: Results = {};
  let untraced: Results = {};

  beforeAll(async () => {
    [results, untraced] = await Promise.all([run(module, form, 'none'), run(module, form, 'off')]);
  }, 110_000);

  function of(name: string): Result {
    const result = results[name];
    if (result === undefined) throw new RangeError(`no scenario ${name}`);
    return result;
  }

  /** A tree without HTTP exchanges. */
  const treeOf = (name: string): readonly string[] => of(name).trees.filter((line) => !line.trim().startsWith('POST'));

  it('is the same to the application as without', () => {
    const values = (from: Results): object => Object.fromEntries(Object.entries(from).map(([name, { value }]) => [name, value]));
    expect(values(results)).toEqual(values(untraced));
  });

  it('is a workflow with its agent, and the model calls beneath that', () => {
    expect(of('plain').trees).toEqual([`${RUN} ${THREAD}`, agent('planner', 1), CALL, '      POST response.status_code=200']);
    expect(treeOf('retried')).toEqual([`${RUN} ${THREAD}`, agent('planner', 1), CALL.replace('count=0', 'count=1')]);
  });

  it('has its tools beneath the agent, streamed or not, and goes on where one throws', () => {
    expect(treeOf('tools')).toEqual([`${RUN} ${THREAD}`, agent('planner', 2), CALL, CALL, TOOL]);
    expect(treeOf('streamed')).toEqual([`${RUN} ${THREAD}`, agent('planner', 2), CALL, CALL, TOOL]);
    expect(treeOf('parallelTools')).toEqual([`${RUN} ${THREAD}`, agent('planner', 2), CALL, CALL, '    execute_tool one', '    execute_tool two']);
    expect(treeOf('brokenTool')).toEqual([`${RUN} ${THREAD}`, agent('planner', 2), CALL, CALL, `${TOOL} ${failed('tool_error')}`]);
  });

  it('has failed of a tool whose error ends it', () => {
    expect(treeOf('brokenToolThatEndsTheRun')).toEqual([`${RUN} ${failed('tool_error')} ${THREAD}`, `  invoke_agent planner ${failed('tool_error')} agent.turns=1`, CALL, `${TOOL} ${failed('tool_error')}`]);
  });

  it('has what a tool asks beneath that tool: a model, or another agent', () => {
    expect(treeOf('callInTool')).toEqual([`${RUN} ${THREAD}`, agent('planner', 2), CALL, CALL, TOOL, '      chat small operation.boundary=sdk retry.count=0']);
    expect(treeOf('agentAsTool')).toEqual([
      `${RUN} ${THREAD}`,
      agent('planner', 2),
      CALL,
      CALL,
      '    execute_tool ask_helper',
      `    ${agent('helper', 1)}`,
      '        chat small operation.boundary=sdk retry.count=0',
    ]);
  });

  it('keeps to itself while others are under way', () => {
    const trees = treeOf('parallel');
    expect(trees.filter((line) => line === `${RUN} ${THREAD}`)).toHaveLength(3);
    expect(trees.filter((line) => line.startsWith('  invoke_agent')).toSorted()).toEqual(['a', 'b', 'c'].map((name) => agent(name, 1)));
    expect(trees.filter((line) => line === CALL)).toHaveLength(3);
  });

  it('is part of the workflow that the application names', () => {
    expect(treeOf('named')).toEqual(['invoke_workflow travel desk', agent('planner', 1), CALL, agent('writer', 1), CALL]);
  });

  it('hands over from one agent to the next, which is beside it and says whom it follows', () => {
    const tree = [`${RUN} ${THREAD}`, agent('planner', 1), CALL, '    handoff writer handoff.from=planner', `${agent('writer', 1)} handoff.from=planner follows`, CALL];
    expect(treeOf('handedOver')).toEqual(tree);
    expect(treeOf('handedOverStreamed')).toEqual(tree);
  });

  it('has failed of a handoff that fails, or to an agent that there is not', () => {
    const [workflow, planner, , handoff] = treeOf('handoffThatFails');
    // The older versions blame the model for whatever the application throws.
    const error = failed(module === '@openai/agents-3' ? 'ModelBehaviorError' : 'RangeError');
    expect([workflow, planner, handoff]).toEqual([`${RUN} ${error} ${THREAD}`, `  invoke_agent planner ${error} agent.turns=1`, `    handoff ${error} handoff.from=planner`]);
    const nobody = failed('ModelBehaviorError', 'invalid_tool_call', 'provider');
    for (const name of ['handoffToNobody', 'handoffToNobodyStreamed']) expect(treeOf(name)).toEqual([`${RUN} ${nobody} ${THREAD}`, `  invoke_agent planner ${nobody} agent.turns=1`, CALL]);
  });

  it('has the guardrails of an agent beneath it, and what they ask beneath them', () => {
    const passed = '    guardrail politeness guardrail.triggered=false';
    expect(treeOf('guarded')).toEqual([`${RUN} ${THREAD}`, agent('planner', 1), CALL, passed, passed]);
    expect(treeOf('guardrailAsks')).toEqual([`${RUN} ${THREAD}`, agent('planner', 1), CALL, '    guardrail judged guardrail.triggered=false', `    ${agent('judge', 1)}`, `    ${CALL}`]);
  });

  it('has failed of a guardrail that trips, which itself has not failed', () => {
    const [input, output] = [failed('InputGuardrailTripwireTriggered'), failed('OutputGuardrailTripwireTriggered')];
    const tripped = '    guardrail politeness guardrail.triggered=true';
    expect(treeOf('inputTrips')).toEqual([`${RUN} ${input} ${THREAD}`, `  invoke_agent planner ${input}${turns.beforeTheFirstCall}`, tripped]);
    for (const name of ['outputTrips', 'outputTripsStreamed']) expect(treeOf(name)).toEqual([`${RUN} ${output} ${THREAD}`, `  invoke_agent planner ${output} agent.turns=1`, CALL, tripped]);
  });

  it('has failed of a guardrail that fails', () => {
    const error = failed('RangeError');
    expect(treeOf('guardrailFails')).toEqual([`${RUN} ${error} ${THREAD}`, `  invoke_agent planner ${error}${turns.beforeTheFirstCall}`, `    guardrail politeness ${error}`]);
  });

  it('has failed of turns without end', () => {
    const error = failed('MaxTurnsExceededError');
    for (const name of ['tooManyTurns', 'tooManyTurnsStreamed']) expect(treeOf(name)).toEqual([`${RUN} ${error} ${THREAD}`, `  invoke_agent planner ${error} agent.turns=2`, CALL, CALL, TOOL, TOOL]);
  });

  it('has failed of what its call failed, at once', () => {
    const error = failed('invalid_api_key', 'authentication', 'account');
    expect(treeOf('refused')).toEqual([`${RUN} ${error} ${THREAD}`, `  invoke_agent planner ${error} agent.turns=1`, `    chat gpt-5 ${error} operation.boundary=sdk retry.count=0`]);
  });

  it('has failed where its answer was lost and the SDK returns it as if it were whole', () => {
    expect(treeOf('cutStream')[1]).toBe(`  invoke_agent planner ${failed('truncated_response', 'truncated_response', 'provider')} agent.turns=1`);
  });

  it('that waits for an approval has not failed, and goes on as another', () => {
    const asked = [`${RUN} ${THREAD}`, agent('planner', 1), CALL];
    const goesOn = [`${RUN} ${THREAD}`, agent('planner', turns.takenUpAgain), CALL];
    expect(treeOf('approved')).toEqual([...asked, ...goesOn, TOOL]);
    expect(treeOf('rejected')).toEqual([...asked, ...goesOn, `${TOOL} operation.cancelled=true`]);
  });

  it.each(['aborted', 'abortedStream', 'left'])('that its caller stops is cancelled, from top to bottom (%s)', (name) => {
    const stopped = 'operation.cancelled=true';
    expect(treeOf(name)).toEqual([`${RUN} ${stopped} ${THREAD}`, `${agent('planner', 1)} ${stopped}`, `${CALL} ${stopped}`]);
  });

  it('leaves the processors of the application at work, and goes on beside those that are set later', () => {
    expect(of('ownProcessors').value).toBe(true);
    expect(treeOf('ownProcessors')).toEqual([`${RUN} ${THREAD}`, agent('planner', 1), CALL]);
  });

  it('is the same beside processors that take their time', () => {
    const error = failed('invalid_api_key', 'authentication', 'account');
    expect(treeOf('slowProcessors')).toEqual([
      `${RUN} ${THREAD}`,
      agent('planner', 2),
      CALL,
      CALL,
      TOOL,
      `${RUN} ${error} ${THREAD}`,
      `  invoke_agent planner ${error} agent.turns=1`,
      `    chat gpt-5 ${error} operation.boundary=sdk retry.count=0`,
    ]);
  });

  it('is its calls alone where tracing of the SDK is off, which is announced', () => {
    expect(treeOf('off')).toEqual([CHAT, CHAT]);
    expect(of('off').announced).toEqual([expect.stringContaining('Tracing of @openai/agents is off')]);
    expect(Object.entries(results).filter(([name, { announced }]) => name !== 'off' && announced.length > 0)).toEqual([]);
  });

  it('names the call that a tool answers, and what the tool is for', () => {
    const tool = of('tools').attributes.find(({ span }) => span === 'execute_tool get_weather');
    expect(tool).toMatchObject({ 'gen_ai.tool.call.id': expect.stringMatching(/^call_/), 'gen_ai.tool.description': expect.any(String) });
    const ids = of('parallelTools').attributes.filter(({ span }) => String(span).startsWith('execute_tool')).map((each) => each['gen_ai.tool.call.id']);
    expect([ids.length, new Set(ids).size]).toEqual([2, 2]);
  });

  it('says nothing of what was said', () => {
    expect(JSON.stringify(Object.values(results).map(({ attributes }) => attributes))).not.toContain('sunny');
  });
});

describe('content', () => {
  it('is on tools, agents and workflows where the application asks for it', async () => {
    const { tools } = await run('@openai/agents-20', 'esm', 'content');
    const tool = tools?.attributes.find(({ span }) => span === 'execute_tool get_weather');
    expect(JSON.parse(String(tool?.['gen_ai.tool.call.arguments']))).toHaveProperty('city');
    expect(tool?.['gen_ai.tool.call.result']).toBe('sunny');
    const [workflow, agent] = ['invoke_workflow', 'invoke_agent'].map((name) => tools?.attributes.find(({ span }) => String(span).startsWith(name)));
    for (const step of [workflow, agent]) {
      expect(JSON.parse(String(step?.['gen_ai.input.messages']))).toMatchObject([{ role: 'user' }]);
      expect(JSON.parse(String(step?.['gen_ai.output.messages']))).toMatchObject([{ role: 'assistant', parts: [{ type: 'text' }] }]);
    }
    expect(JSON.parse(String(agent?.['gen_ai.tool.definitions']))).toMatchObject([{ name: 'get_weather' }]);
    expect(workflow).not.toHaveProperty('gen_ai.tool.definitions');
  }, 110_000);
});
