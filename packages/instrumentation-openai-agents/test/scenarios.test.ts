import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const RUNNER = fileURLToPath(new URL('fixtures/run-scenarios.ts', import.meta.url));

interface Result {
  readonly value: unknown;
  readonly trees: readonly string[];
  readonly attributes: readonly Readonly<Record<string, unknown>>[];
}

type Results = Readonly<Record<string, Result>>;

async function run(mode: 'content' | 'none'): Promise<Results> {
  // The SDK does not trace where NODE_ENV is test.
  const { stdout } = await promisify(execFile)(process.execPath, [RUNNER, mode], { timeout: 60_000, maxBuffer: 1e8, env: { ...process.env, NODE_ENV: 'production', OPENAI_API_KEY: '' } });
  // Written by the fixture next to this file.
  return JSON.parse(stdout) as Results;
}

let results: Results = {};
let withContent: Results = {};

beforeAll(async () => {
  [results, withContent] = await Promise.all([run('none'), run('content')]);
});

function of(name: string, from = results): Result {
  const result = from[name];
  if (result === undefined) throw new RangeError(`no scenario ${name}`);
  return result;
}

/** A tree without HTTP exchanges. */
const treeOf = (name: string): readonly string[] => of(name).trees.filter((line) => !line.trim().startsWith('POST'));

const RUN = 'invoke_workflow Agent workflow conversation.id=thread_1';
const AGENT = '  invoke_agent planner';
const CALL = '    chat gpt-5 operation.boundary=sdk retry.count=0';
const TOOL = '    execute_tool get_weather';

describe('a run of the Agents SDK', () => {
  it('is a workflow with its agent, and the model calls beneath that', () => {
    expect(of('plain').trees).toEqual([RUN, AGENT, CALL, '      POST response.status_code=200']);
  });

  it('has one operation for a call with its retries', () => {
    expect(treeOf('retried')).toEqual([RUN, AGENT, CALL.replace('=0', '=1')]);
  });

  it('has its tools beneath the agent, streamed or not, and goes on where one throws', () => {
    expect(treeOf('tools')).toEqual([RUN, AGENT, CALL, TOOL, CALL]);
    expect(treeOf('streamed')).toEqual([RUN, AGENT, CALL, TOOL, CALL]);
    expect(treeOf('brokenTool')).toEqual([RUN, AGENT, CALL, `${TOOL} ERROR error.class=unknown`, CALL]);
  });

  it('has the call that a tool makes beneath that tool', () => {
    expect(treeOf('callInTool')).toEqual([RUN, AGENT, CALL, TOOL, '      chat small operation.boundary=sdk retry.count=0', CALL]);
  });

  it('keeps to itself while others are under way', () => {
    const trees = treeOf('parallel');
    expect(trees.filter((line) => line === RUN)).toHaveLength(3);
    expect(trees.filter((line) => line.startsWith('  invoke_agent')).toSorted()).toEqual(['  invoke_agent a', '  invoke_agent b', '  invoke_agent c']);
    expect(trees.filter((line) => line === CALL)).toHaveLength(3);
  });

  it('is part of the workflow that the application names', () => {
    expect(treeOf('named')).toEqual(['invoke_workflow travel desk', AGENT, CALL, '  invoke_agent writer', CALL]);
  });

  it('has failed of what its call failed, also where the SDK never tells of its end', () => {
    expect(treeOf('refused')).toEqual([
      'invoke_workflow Agent workflow ERROR error.class=authentication conversation.id=thread_1',
      '  invoke_agent planner ERROR error.class=authentication',
      '    chat gpt-5 ERROR error.class=authentication operation.boundary=sdk retry.count=0',
    ]);
  });

  it('has failed where its answer was lost and the SDK returns it as if it were whole', () => {
    expect(treeOf('cutStream')[1]).toBe('  invoke_agent planner ERROR error.class=truncated_response');
  });

  it('leaves the processors of the application at work, and goes on beside those that are set later', () => {
    expect(of('ownProcessors').value).toBe(true);
    expect(treeOf('ownProcessors')).toEqual([RUN, AGENT, CALL]);
  });
});

describe('content', () => {
  it('is nowhere by default', () => {
    expect(JSON.stringify(Object.values(results).map(({ attributes }) => attributes))).not.toContain('sunny');
  });

  it('is on tools where the application asks for it', () => {
    const tool = of('tools', withContent).attributes.find(({ span }) => span === 'execute_tool get_weather');
    expect(JSON.parse(String(tool?.['gen_ai.tool.call.arguments']))).toHaveProperty('city');
    expect(tool?.['gen_ai.tool.call.result']).toBe('"sunny"');
  });
});
