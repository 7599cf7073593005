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

async function run(...given: readonly string[]): Promise<Results> {
  const { stdout } = await promisify(execFile)(process.execPath, [RUNNER, ...given], { timeout: 60_000, maxBuffer: 1e8 });
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

/** A tree without HTTP exchanges and ids. */
const treeOf = (name: string): readonly string[] => of(name).trees.filter((line) => !line.trim().startsWith('POST')).map((line) => line.replace(/ call\.id=\S+/, ''));

const CHAT = 'chat gpt-5 operation.boundary=sdk retry.count=0';
const AGENT = ['invoke_agent', `  ${CHAT}`, '  execute_tool get_weather', `  ${CHAT}`];

describe('a call of the AI SDK 7', () => {
  it('without tools is one operation and nothing else', () => {
    expect(of('plain').trees).toEqual([CHAT, '  POST response.status_code=200']);
  });

  it('is one operation with all tries of the SDK’s retry loop', () => {
    expect(of('retried').trees).toEqual([
      'chat gpt-5 operation.boundary=sdk retry.count=1',
      '  POST ERROR error.type=rate_limit_exceeded error.class=rate_limited response.status_code=429',
      '  POST response.status_code=200',
    ]);
    expect(of('embedding').trees[0]).toBe('embeddings text-embedding-3-small operation.boundary=sdk retry.count=1');
  });

  it('ends at once where the SDK does not try again', () => {
    expect(treeOf('refused')).toEqual(['chat gpt-5 ERROR error.type=invalid_api_key error.class=authentication operation.boundary=sdk retry.count=0']);
  });

  it('keeps to itself while others are under way', () => {
    expect(treeOf('parallel').toSorted()).toEqual([CHAT, CHAT, 'chat gpt-5 operation.boundary=sdk retry.count=1']);
  });
});

describe('a call through the default provider, the AI Gateway', () => {
  const GATEWAY = 'chat openai/gpt-5 operation.boundary=sdk';

  it('is one operation, with what the gateway says of it', () => {
    expect(of('gateway').value).toBe(true);
    expect(of('gateway').trees).toEqual([`${GATEWAY} retry.count=0`, '  POST response.status_code=200']);
    expect(of('gateway').attributes.find((span) => 'gen_ai.operation.name' in span)).toMatchObject({ 'gen_ai.provider.name': 'vercel', 'gen_ai.usage.input_tokens': 21, 'gen_ai.usage.output_tokens': 12, 'gen_ai.response.finish_reasons': ['stop'] });
    expect(of('gatewayStreamed').trees).toEqual(of('gateway').trees);
  });

  it('is judged as any other', () => {
    expect(of('gatewayRetried').trees[0]).toBe(`${GATEWAY} retry.count=1`);
    expect(of('gatewayRetried').trees[1]).toContain('error.class=rate_limited');
    expect(treeOf('gatewayWithoutFunds')[0]).toContain('error.class=quota_exhausted');
    expect(treeOf('gatewayCut')[0]).toContain('error.class=truncated_response');
  });
});

describe('a run with tools', () => {
  it('is an agent, with its calls and tools beneath it', () => {
    expect(of('tools').value).toBe(2);
    expect(treeOf('tools')).toEqual(['invoke_agent forecast', ...AGENT.slice(1)]);
    expect(treeOf('agent')).toEqual(AGENT);
    expect(treeOf('streamedTools')).toEqual(AGENT);
  });

  it('tells of the agent what its calls come to', () => {
    expect(of('tools').attributes[0]).toMatchObject({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.request.model': 'gpt-5', 'gen_ai.response.finish_reasons': ['stop'], 'gen_ai.usage.input_tokens': 42 });
  });

  it('goes on where a tool throws, which has failed', () => {
    expect(of('brokenTool').value).toBe('stop');
    expect(treeOf('brokenTool')).toEqual([AGENT[0], AGENT[1], '  execute_tool get_weather ERROR error.type=RangeError error.class=unknown', AGENT[3]]);
  });

  it('has the calls that a tool makes beneath that tool', () => {
    expect(treeOf('callInTool')).toEqual([AGENT[0], AGENT[1], AGENT[2], `    ${CHAT}`, AGENT[3]]);
  });

  it('has failed where its answer was lost, whether the SDK returns it or never tells of its end', () => {
    expect(of('cutStream').value).toBe('interrupted');
    for (const name of ['cutStream', 'resetStream']) expect(treeOf(name)[0]).toMatch(/^invoke_agent ERROR error\.type=\S+ error\.class=truncated_response$/);
  });

  it('that its caller stopped is cancelled', () => {
    expect(treeOf('abortedRun')).toEqual(['invoke_agent operation.cancelled=true', '  chat gpt-5 operation.boundary=sdk retry.count=0 operation.cancelled=true']);
  });

  it('keeps the spans of @ai-sdk/otel where the application registered it: its calls are adopted, with all attempts', () => {
    expect(of('withItsOwnSpans').trees.map((line) => line.replace(/ call\.id=\S+/, ''))).toEqual([
      'invoke_agent gpt-5',
      '  step 1',
      '    chat gpt-5 operation.boundary=native retry.count=1',
      '      POST ERROR error.type=rate_limit_exceeded error.class=rate_limited response.status_code=429',
      '      POST response.status_code=200',
      '    execute_tool get_weather',
      '  step 2',
      '    chat gpt-5 operation.boundary=native retry.count=0',
      '      POST response.status_code=200',
    ]);
  });
});

describe('with @ai-sdk/otel, embeddings', () => {
  const told = (name: string): readonly unknown[] => of(name).attributes.map((span) => [span['gen_ai.operation.name'], span['gen_ai.usage.input_tokens']]).filter((line) => line.some((value) => value !== undefined));

  it('are one operation, on its span of the call, and counted once', () => {
    expect(treeOf('ownSpanOfEmbedding')).toEqual(['embeddings text-embedding-3-small operation.boundary=native retry.count=1', '  embeddings text-embedding-3-small']);
    expect(told('ownSpanOfEmbedding')).toEqual([['embeddings', 9]]);
    expect(treeOf('ownSpanOfRefusedEmbedding')[0]).toMatch(/^embeddings text-embedding-3-small ERROR error\.type=invalid_api_key error\.class=authentication operation\.boundary=native retry\.count=0/);
  });

  it('of many values are one for each request', () => {
    expect(told('ownSpansOfEmbeddings')).toEqual([['embeddings', 9], ['embeddings', 9]]);
    expect(treeOf('ownSpansOfEmbeddings').slice(-2)).toEqual(Array.from({ length: 2 }, () => 'embeddings text-embedding-3-small operation.boundary=inferred retry.count=0'));
  });
});

describe.each(['5', '6'])('the AI SDK %s', (version) => {
  let traced: Results = {};
  let untraced: Results = {};
  beforeAll(async () => {
    [traced, untraced] = await Promise.all([run('none', `${version} traced`), run('none', version)]);
  });
  const treeIn = (from: Results, name: string): readonly string[] => of(name, from).trees.map((line) => line.replace(/ call\.id=\S+/, '').replace(/^( *)(?:POST)\b.* response\.status_code=(\d+)$/, '$1$2'));
  const tracedTree = (name: string): readonly string[] => treeIn(traced, name);
  const call = (what: string, retries: number, error = ''): string => `  ai.${what} ${error}operation.boundary=native retry.count=${retries}`;

  it('has its span of the first try for the operation where it traces itself, with all tries beneath it', () => {
    expect(tracedTree('retried')).toEqual(['ai.generateText', call('generateText.doGenerate', 1), '    429', '    200', '  ai.generateText.doGenerate']);
    expect(tracedTree('object')).toEqual(['ai.generateObject', call('generateObject.doGenerate', 1), '    429', '    200', '  ai.generateObject.doGenerate']);
    expect(tracedTree('embeddings')).toEqual(['ai.embedMany', ...Array.from({ length: 3 }, () => [call('embedMany.doEmbed', 0), '    200']).flat()]);
    expect(tracedTree('ownTracer')).toEqual(['ai.generateText', call('generateText.doGenerate', 0), '    200']);
  });

  it('has its tools executed in steps of their own, which are no retries of each other', () => {
    expect(tracedTree('tools')).toEqual(['ai.generateText', call('generateText.doGenerate', 0), '    200', '  ai.toolCall', call('generateText.doGenerate', 1), '    429', '    200', '  ai.generateText.doGenerate']);
    expect(tracedTree('streamedTools')).toEqual(['ai.streamText', call('streamText.doStream', 1), '    429', '    200', '  ai.streamText.doStream', '    ai.toolCall', call('streamText.doStream', 0), '    200']);
    expect(of('tools', traced).attributes.find(({ span }) => span === 'ai.toolCall')).toMatchObject({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'get_weather', 'gen_ai.tool.type': 'function', 'ai.toolCall.name': 'get_weather' });
    expect(tracedTree('brokenTool')).toContain('  ai.toolCall ERROR error.type=RangeError error.class=unknown');
  });

  it('is judged by the wire, whatever its spans say', () => {
    expect(tracedTree('refused')[1]).toBe(call('generateText.doGenerate', 0, 'ERROR error.type=invalid_api_key error.class=authentication '));
    expect(tracedTree('cutStream')[1]).toBe(call('streamText.doStream', 0, 'ERROR error.type=truncated_response error.class=truncated_response '));
    // The span around it is lost: the SDK does not end it.
    expect(tracedTree('resetStream')[0]).toBe(call('streamText.doStream', 0, 'ERROR error.type=ECONNRESET error.class=truncated_response ').trim());
    expect(tracedTree('abortedStream')[1]).toBe(`${call('streamText.doStream', 0)} operation.cancelled=true`);
  });

  it('keeps the attributes of its spans, but for tokens that the operation has', () => {
    const [operation, further] = of('retried', traced).attributes.filter(({ span }) => span === 'ai.generateText.doGenerate');
    expect(operation).toMatchObject({ 'ai.operationId': 'ai.generateText.doGenerate', 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 21 });
    expect(further).toMatchObject({ 'ai.operationId': 'ai.generateText.doGenerate', 'ai.response.finishReason': 'stop', [version === '5' ? 'ai.usage.promptTokens' : 'ai.usage.inputTokens']: 21 });
    expect(further).not.toHaveProperty(['gen_ai.usage.input_tokens']);
  });

  it('is inferred from the wire where it is not told to trace itself, step by step', () => {
    const chat = (retries: number): string => `chat gpt-5 operation.boundary=inferred retry.count=${retries}`;
    expect(treeIn(untraced, 'retried')).toEqual([chat(1), '  429', '  200']);
    expect(treeIn(untraced, 'object')).toEqual([chat(1), '  429', '  200']);
    expect(treeIn(untraced, 'tools')).toEqual([chat(0), '  200', chat(1), '  429', '  200']);
    expect(treeIn(untraced, 'streamedTools')).toEqual([chat(1), '  429', '  200', chat(0), '  200']);
    expect(treeIn(untraced, 'embeddings')).toHaveLength(6);
    expect(treeIn(untraced, 'abortedStream')[0]).toBe(`${chat(0)} operation.cancelled=true`);
  });
});

describe('content', () => {
  it('is nowhere by default', () => {
    const texts = JSON.stringify(Object.values(results).map(({ attributes }) => attributes));
    expect(texts).not.toContain('weather in Paris');
    expect(texts).not.toContain('sunny in');
  });

  it('is on agents and tools where the application asks for it', () => {
    const [agent, , tool] = of('tools', withContent).attributes.filter(({ span }) => span !== 'POST');
    expect(agent).toMatchObject({ 'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"What is the weather in Paris?"}]}]' });
    expect(JSON.parse(String(agent?.['gen_ai.output.messages']))).toMatchObject([{ role: 'assistant', parts: [{ type: 'text' }], finish_reason: 'stop' }]);
    expect(JSON.parse(String(tool?.['gen_ai.tool.call.arguments']))).toHaveProperty('city');
    expect(tool?.['gen_ai.tool.call.result']).toMatch(/^sunny in /);
  });
});
