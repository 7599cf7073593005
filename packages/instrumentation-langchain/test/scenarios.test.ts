import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const RUNNER = fileURLToPath(new URL('fixtures/run-scenarios.ts', import.meta.url));

interface Result {
  readonly value?: unknown;
  readonly trees: readonly string[];
}

let results: Readonly<Record<string, Result>> = {};

beforeAll(async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [RUNNER], { timeout: 60_000 });
  // Written by the fixture next to this file.
  results = JSON.parse(stdout) as typeof results;
});

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
    expect(of('interrupted').value).toBe(true);
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

  it('is cancelled by a reader that leaves', () => {
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
