import { context, readSdkError, stepOf } from '@outspan/core';
import type { StepResult } from '@outspan/core';
import { interpose, isDeadline, isFunction, isObject, isSignal } from '@outspan/sdk-boundary';
import type { DescribedStep, Sdk, SdkTracing, SignalLike, StepOutcome } from '@outspan/sdk-boundary';
import { CORE, LANGGRAPH } from './versions.ts';

/** Every tool, however it is made, runs through this one method of its base class. */
export const TOOLS: Sdk = {
  ...CORE,
  files: ['@langchain/core/dist/tools/index.js', '@langchain/core/dist/tools/index.cjs'],
  targets: (exports) => prototypeWith(exports, 'StructuredTool', ['call']),
  observe: (prototype, tracing) =>
    all([interpose(prototype, 'call', ({ self, args, run }) => tracing.runStep(() => describeTool(self, args), run, toolOutcome(signalOf(args[1]))))]),
};

/** What is composed with `pipe()` or `RunnableSequence.from()`. */
export const CHAINS: Sdk = {
  ...CORE,
  files: ['@langchain/core/dist/runnables/base.js', '@langchain/core/dist/runnables/base.cjs'],
  targets: (exports) => prototypeWith(exports, 'RunnableSequence', ['invoke', 'batch', '_streamIterator']),
  observe: (prototype, tracing) =>
    all([
      ...['invoke', 'batch'].map((method) => interpose(prototype, method, ({ self, args, run }) => tracing.runStep(() => describeChain(self, args[1]), run, outcomeOf(answersByModel(self), signalOf(args[1]))))),
      interpose(prototype, '_streamIterator', ({ self, args, run }) => tracing.iterateStep(() => describeChain(self, args[1]), run, outcomeOf(answersByModel(self), signalOf(args[1])))),
    ]),
};

/** Graphs of every kind, `createAgent`'s and functional ones among them; `invoke()`, `stream()` and `streamEvents()` all end in this method. */
export const GRAPHS: Sdk = {
  ...LANGGRAPH,
  files: ['@langchain/langgraph/dist/pregel/index.js', '@langchain/langgraph/dist/pregel/index.cjs'],
  targets: (exports) => prototypeWith(exports, 'Pregel', ['_streamIterator']),
  observe: (prototype, tracing: SdkTracing) =>
    all([interpose(prototype, '_streamIterator', ({ self, args, run }) => tracing.iterateStep(() => describeGraph(self, args[1]), run, outcomeOf(isAgent(self), signalOf(args[1]))))]),
};

function all(leave: readonly ((() => void) | undefined)[]): () => void {
  return () => {
    for (const one of leave) one?.();
  };
}

function prototypeWith(exports: unknown, name: string, methods: readonly string[]): readonly object[] {
  const found = isObject(exports) ? exports[name] : undefined;
  const prototype: unknown = isFunction(found) ? found.prototype : undefined;
  return isObject(prototype) && methods.every((method) => isFunction(prototype[method])) ? [prototype] : [];
}

/** How what failed came out. An interrupt is thrown up through whatever is at work, to be taken up again later: nothing failed. Neither did what its caller stopped. */
function resultOf(error: unknown, signal: SignalLike | undefined): StepResult {
  if (isObject(error) && error['is_bubble_up'] === true) return 'returned';
  const threw = readSdkError(error);
  // Where LangGraph makes one signal of several, the reason may get lost on the way.
  return signal?.aborted === true && !isDeadline(signal) && !threw.names.includes('TimeoutError') ? 'cancelled' : { threw };
}

/** What an agent gives back is what its last call answered, and so is what a chain does that ends in a model: whole only if that was. */
function outcomeOf(answers: boolean, signal: SignalLike | undefined): StepOutcome {
  return { failed: (error) => [resultOf(error, signal)], ...(answers && { came: () => ['returned_answer'] }) };
}

function toolOutcome(signal: SignalLike | undefined): StepOutcome {
  return {
    failed: (error) => [resultOf(error, signal)],
    // A tool that was asked by a model may answer with a message that says that it failed.
    came: (value) => [isObject(value) && value['status'] === 'error' ? { failed: 'tool_error' } : 'returned', () => ({ toolResult: isObject(value) && 'content' in value ? value['content'] : value })],
  };
}

/** What the caller can stop a run by; of a batch, the first one's. */
function signalOf(options: unknown): SignalLike | undefined {
  const config: unknown = Array.isArray(options) ? options[0] : options;
  return isObject(config) && isSignal(config['signal']) ? config['signal'] : undefined;
}

function describeTool(tool: unknown, [input, config]: readonly unknown[]): DescribedStep | undefined {
  const name = textOf(tool, 'name');
  if (name === undefined) return undefined;
  const description = textOf(tool, 'description');
  // The model's request is the input itself, or beside it.
  const asked = textOf(input, 'id') !== undefined && isObject(input) && input['type'] === 'tool_call' ? input : isObject(config) ? config['toolCall'] : undefined;
  const callId = textOf(asked, 'id');
  return {
    subject: { kind: 'tool', name, type: 'function', ...(description !== undefined && { description }), ...(callId !== undefined && { callId }), ...conversationOf(config) },
    content: () => ({ toolArguments: asked === input && isObject(input) ? input['args'] : input }),
  };
}

/** Only what is not inside another step: the steps of a chain, and the chains of which graphs and agents are made, are no workflows. */
function describeChain(chain: unknown, options: unknown): DescribedStep | undefined {
  if (stepOf(context.active()) !== undefined || isParsedModel(chain)) return undefined;
  // Of a batch, the first one's.
  const config: unknown = Array.isArray(options) ? options[0] : options;
  const name = textOf(config, 'runName') ?? textOf(chain, 'name');
  return { subject: { kind: 'workflow', ...(name !== undefined && { name }), ...conversationOf(config) } };
}

/** A model and the parser of its answer, as `withStructuredOutput()` composes them: one call, to its caller as well. */
function isParsedModel(chain: unknown): boolean {
  const [first, ...rest] = stepsOf(chain);
  return isModel(first) && rest.every(isParser);
}

/** Whether what comes out of a chain is a model's answer, parsed or not. */
function answersByModel(chain: unknown): boolean {
  return isModel(stepsOf(chain).findLast((step) => !isParser(step)));
}

function stepsOf(chain: unknown): readonly unknown[] {
  const steps = isObject(chain) ? chain['steps'] : undefined;
  return Array.isArray(steps) ? steps : [];
}

function isModel(step: unknown): boolean {
  // Options are bound to a model by one around it.
  const bound = isObject(step) && isObject(step['bound']) ? step['bound'] : step;
  return isObject(bound) && isFunction(bound['_llmType']);
}

function isParser(step: unknown): boolean {
  return isObject(step) && isFunction(step['parseResult']);
}

/** The node in which an agent asks its model: `createAgent`'s, `createReactAgent`'s. */
const AGENT_NODES = ['model_request', 'agent'] as const;
/** What a graph is called that was given no name. */
const UNNAMED = 'LangGraph';

function isAgent(graph: unknown): boolean {
  const nodes = isObject(graph) ? graph['nodes'] : undefined;
  return isObject(nodes) && AGENT_NODES.some((node) => node in nodes);
}

function describeGraph(graph: unknown, config: unknown): DescribedStep | undefined {
  const given = textOf(graph, 'name');
  const name = given === UNNAMED ? undefined : given;
  if (isAgent(graph)) {
    const description = textOf(graph, 'description');
    return { subject: { kind: 'agent', ...(name !== undefined && { name }), ...(description !== undefined && { description }), ...conversationOf(config) } };
  }
  if (stepOf(context.active()) !== undefined) return undefined;
  const called = name ?? textOf(config, 'runName');
  return { subject: { kind: 'workflow', ...(called !== undefined && { name: called }), ...conversationOf(config) } };
}

/** A thread is what LangGraph calls a conversation. */
function conversationOf(config: unknown): { readonly conversationId?: string } {
  const conversationId = textOf(isObject(config) ? config['configurable'] : undefined, 'thread_id');
  return conversationId === undefined ? {} : { conversationId };
}

function textOf(value: unknown, name: string): string | undefined {
  const text = isObject(value) ? value[name] : undefined;
  return typeof text === 'string' && text !== '' ? text : undefined;
}
