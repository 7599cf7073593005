import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Result } from './fixtures/run-scenarios.ts';

const RUNNER = fileURLToPath(new URL('fixtures/run-scenarios.ts', import.meta.url));

type Results = Readonly<Record<string, Result>>;

async function run(end: string, form: string, telemetry: 'on' | 'off'): Promise<Results> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', RUNNER, end, form, telemetry], { timeout: 110_000, maxBuffer: 1e8 });
  // Written by the fixture next to this file.
  return JSON.parse(stdout) as Results;
}

const ENDS = [
  ['newest', 'esm'],
  ['older', 'esm'],
  ['older', 'cjs'],
] as const;

describe.each(ENDS)('LangChain, %s, %s', (end, form) => {
  let results: Results = {};
  let untraced: Results = {};

  beforeAll(async () => {
    [results, untraced] = await Promise.all([run(end, form, 'on'), form === 'cjs' ? {} : run(end, form, 'off')]);
  }, 120_000);

  function of(name: string): Result {
    const result = results[name];
    if (result === undefined) throw new RangeError(`no scenario ${name}`);
    return result;
  }

  /** A tree without what HTTP exchanges there were. */
  const withoutAttempts = (name: string): readonly string[] => of(name).trees.filter((line) => !line.trim().startsWith('POST'));

  const OK = 'chat gpt-5 operation.boundary=sdk retry.count=0';
  const RETRIED = 'chat gpt-5 operation.boundary=sdk retry.count=1';

  describe('a model call', () => {
    it('is one operation with its own tries, beneath what made it, however many are under way', () => {
      expect(of('parallel')).toEqual({
        value: ['answered', 'answered', 'answered', 'Error'],
        trees: [
          'request 0',
          `  ${OK}`,
          '    POST response.status_code=200',
          'request 1',
          `  ${RETRIED}`,
          '    POST ERROR error.type=server_error response.status_code=503',
          '    POST response.status_code=200',
          'request 2',
          `  ${OK}`,
          '    POST response.status_code=200',
          'request 3',
          '  chat gpt-5 ERROR error.type=server_error operation.boundary=sdk retry.count=1',
          '    POST ERROR error.type=server_error response.status_code=503',
          '    POST ERROR error.type=server_error response.status_code=503',
        ],
      });
    });

    it('keeps to its caller where calls wait for each other in a queue', () => {
      expect(withoutAttempts('oneAtATime')).toEqual(['request 0', `  ${RETRIED}`, 'request 1', `  ${OK}`, 'request 2', `  ${OK}`]);
    });

    it('is one of several in a batch', () => {
      expect(of('batch').value).toBe(2);
      expect(withoutAttempts('batch')).toEqual(['request', `  ${OK}`, `  ${OK}`]);
    });

    it('is each request of an embeddings model', () => {
      const [first, ...calls] = withoutAttempts('embeddings');
      expect(first).toBe('request');
      expect(calls.toSorted()).toEqual([0, 1].map((retries) => `  embeddings text-embedding-3-small operation.boundary=sdk retry.count=${retries}`));
    });

    it('is all that there is to a model whose answer is parsed', () => {
      expect(withoutAttempts('structured')).toEqual([OK]);
    });

    it('is nothing where nothing is sent', () => {
      expect(of('nothingSent')).toEqual({ value: 'done', trees: [] });
    });
  });

  describe('a chain', () => {
    it('is one workflow, whatever is composed in it', () => {
      expect(of('chain').value).toBe(true);
      expect(withoutAttempts('chain')).toEqual(['invoke_workflow storyteller', `  ${OK}`]);
    });

    it('is a workflow until its stream has been read', () => {
      expect(of('chainStream').value).toBe(true);
      expect(withoutAttempts('chainStream')).toEqual(['invoke_workflow teller', `  ${OK}`]);
    });

    it('has failed where its model was cut off, though nobody was told', () => {
      expect(of('chainCut').value).toBeUndefined();
      expect(withoutAttempts('chainCut')).toEqual(['invoke_workflow ERROR error.type=truncated_response', '  chat gpt-5 ERROR error.type=truncated_response operation.boundary=sdk retry.count=0']);
    });
  });

  describe('an agent', () => {
    const call = expect.stringMatching(/^ {2}execute_tool get_weather agent\.name=forecaster call\.id=call_\w+$/);

    it('is named, with its calls and tools beneath it', () => {
      expect(of('agent').value).toEqual(['human', 'ai', 'tool', 'ai']);
      expect(withoutAttempts('agent')).toEqual(['invoke_agent forecaster agent.name=forecaster', `  ${OK}`, call, `  ${OK}`]);
    });

    it('may have no name', () => {
      expect(withoutAttempts('agentOfLangGraph')).toEqual(['invoke_agent', `  ${OK}`, expect.stringMatching(/^ {2}execute_tool get_weather call\.id=/), `  ${OK}`]);
    });

    it('goes on after a tool that failed', () => {
      expect(of('toolThatThrows').value).toEqual(['human', 'ai', 'tool', 'ai']);
      expect(withoutAttempts('toolThatThrows')).toEqual(['invoke_agent forecaster agent.name=forecaster', `  ${OK}`, expect.stringContaining('execute_tool get_weather ERROR error.type=RangeError'), `  ${OK}`]);
    });

    it('fails as its call did', () => {
      expect(withoutAttempts('agentThatFails')).toEqual([
        'invoke_agent forecaster ERROR error.type=invalid_api_key agent.name=forecaster',
        '  chat gpt-5 ERROR error.type=invalid_api_key operation.boundary=sdk retry.count=0',
      ]);
    });

    it('that stops to ask has not failed, nor has the tool that asks', () => {
      expect(of('interrupted').value).toBe(2);
      expect(of('interrupted').trees.join('\n')).not.toContain('ERROR');
      expect(withoutAttempts('interrupted')[0]).toBe('invoke_agent asker agent.name=asker conversation.id=thread-8');
    });
  });

  describe('a graph', () => {
    it('is a workflow with the conversation that it belongs to', () => {
      expect(withoutAttempts('graph')).toEqual(['invoke_workflow writer conversation.id=thread-7', `  ${OK}`, `  ${RETRIED}`]);
    });

    it('is the same where its updates are read as they come', () => {
      expect(of('graphStream').value).toEqual(['draft', 'review']);
      expect(withoutAttempts('graphStream')).toEqual(['invoke_workflow writer', `  ${OK}`, `  ${OK}`]);
    });

    // Before, LangGraph goes on where nobody reads.
    it.skipIf(end === 'older')('is cancelled by a reader that leaves', () => {
      expect(of('graphLeft').trees[0]).toBe('invoke_workflow writer operation.cancelled=true');
    });

    it('keeps to its caller where several are under way', () => {
      expect(withoutAttempts('graphsInParallel')).toEqual([0, 1, 2].flatMap((i) => [`request ${i}`, '  invoke_workflow writer', `    ${OK}`, `    ${OK}`]));
    });

    it('has an agent that works in it beneath it', () => {
      expect(withoutAttempts('agentInGraph')).toEqual(['invoke_workflow desk', '  invoke_agent forecaster agent.name=forecaster', `    ${OK}`]);
    });
  });

  describe('a tool', () => {
    it('is told also where no agent asks for it', () => {
      expect(of('toolAlone')).toEqual({ value: 'sunny in Paris', trees: ['execute_tool get_weather'] });
    });
  });

  describe('a graph, moreover', () => {
    const WRITER = ['invoke_workflow writer', `  ${OK}`, `  ${OK}`];

    it('is one workflow, in whichever form it is read', () => {
      expect(withoutAttempts('graphStreamModes')).toEqual([...WRITER, ...WRITER, ...WRITER, ...WRITER]);
      expect(withoutAttempts('graphEvents')).toEqual(WRITER);
      expect(withoutAttempts('functional')).toEqual(['invoke_workflow flow', `  ${OK}`, `  ${OK}`]);
    });

    it('has what its branches and the graphs in it call beneath it', () => {
      expect(of('graphInBranches').value).toEqual({ texts: ['string', 'string'] });
      expect(withoutAttempts('graphInBranches')).toEqual(['invoke_workflow branches', `  ${OK}`, `  ${OK}`]);
      expect(withoutAttempts('graphInGraph')).toEqual(['invoke_workflow outer', `  ${OK}`, `  ${OK}`]);
      expect(withoutAttempts('agentAsNode').slice(0, 3)).toEqual(['invoke_workflow desk', '  invoke_agent forecaster agent.name=forecaster', `    ${OK}`]);
    });

    it('has failed of what a node throws, and of its recursion limit', () => {
      expect(withoutAttempts('graphThatThrows')).toEqual(['invoke_workflow thrower ERROR error.type=RangeError', `  ${OK}`]);
      expect(withoutAttempts('graphWithoutEnd')).toEqual(['invoke_workflow circle ERROR error.type=GraphRecursionError', `  ${OK}`, `  ${OK}`]);
      expect(withoutAttempts('agentWithoutEnd')[0]).toBe('invoke_agent forecaster ERROR error.type=GraphRecursionError agent.name=forecaster');
    });

    it('that stops to ask has not failed, and goes on as another', () => {
      expect(withoutAttempts('graphThatAsks')).toEqual(['invoke_workflow asker conversation.id=thread-9', 'invoke_workflow asker conversation.id=thread-9', `  ${OK}`]);
    });

    it('is cancelled where its caller aborts it', () => {
      expect(withoutAttempts('graphAborted')).toEqual(['invoke_workflow writer operation.cancelled=true', `  ${OK} operation.cancelled=true`]);
    });

    // Before, LangGraph forgets why a signal has fired.
    it.skipIf(end === 'older')('has failed where its caller gives it up in time', () => {
      expect(withoutAttempts('graphTooLate')).toEqual(['invoke_workflow writer ERROR error.type=timeout', '  chat gpt-5 ERROR error.type=timeout operation.boundary=sdk retry.count=0']);
    });
  });

  describe('an agent that is streamed', () => {
    it('has its calls and tools beneath it', () => {
      expect(withoutAttempts('agentStreamed').map((line) => line.trim().split(' ', 2).join(' '))).toEqual(['invoke_agent forecaster', 'chat gpt-5', 'execute_tool get_weather', 'chat gpt-5']);
    });

    it('has failed where its answer was cut off', () => {
      expect(withoutAttempts('agentCut')).toEqual(['invoke_agent forecaster ERROR error.type=truncated_response agent.name=forecaster', '  chat gpt-5 ERROR error.type=truncated_response operation.boundary=sdk retry.count=0']);
    });
  });

  it.skipIf(form === 'cjs')('is the same to the application as without', () => {
    const values = (from: Results): object => Object.fromEntries(Object.entries(from).map(([name, { value }]) => [name, value ?? null]));
    expect(values(results)).toEqual(values(untraced));
  });
});
