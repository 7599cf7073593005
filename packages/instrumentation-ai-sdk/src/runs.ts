import { createContextKey } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { announce, context, readSdkError } from '@outspan/core';
import type { CallTracker, PendingCall, Step, StepResult } from '@outspan/core';
import { isObject } from '@outspan/sdk-boundary';
import type { ChannelMessage, ChannelObserver } from './channel.ts';
import { messagesOf, partsOf } from './messages.ts';

/** One generateText or streamText, from its start to its end. */
interface Run {
  readonly id: unknown;
  readonly agent: Step | undefined;
  readonly maxRetries: number;
  readonly tools: unknown;
  /** The model call under way, with its tries; one after the other. */
  call: ModelCall | undefined;
}

interface ModelCall {
  readonly pending: PendingCall;
  tries: number;
}

const RUN = createContextKey('outspan.ai-sdk.run');
const TESTED_MAJOR = 7;
/** Milliseconds after which an agent is over whose last answer broke or was left: the SDK does not always tell. */
const ENDS_AFTER_FAILURE = 5_000;

type Ending = (message: ChannelMessage) => void;

/** Turns what the SDK publishes into calls, agents and tools. */
export class Runs implements ChannelObserver {
  readonly #tracker: CallTracker;
  readonly #starting: () => void;
  readonly #endings = new WeakMap<ChannelMessage, Ending>();

  /** @param starting called before anything is traced */
  constructor(tracker: CallTracker, starting: () => void) {
    this.#tracker = tracker;
    this.#starting = starting;
  }

  starting(message: ChannelMessage): Context | undefined {
    // It makes spans of its own, in contexts of its own; those of calls are adopted.
    if (tracesItself()) return this.#tracedByItself(message);
    switch (message.type) {
      case 'generateText':
      case 'streamText':
        return this.#run(message);
      case 'step':
        return this.#step(message);
      case 'languageModelCall':
        return this.#modelCall(message);
      case 'executeTool':
        return this.#tool(message);
      case 'embed':
        return this.#embed(message);
      default:
        return undefined;
    }
  }

  /** Its span of embeddings is not active while the request is made. */
  #tracedByItself({ type }: ChannelMessage): Context | undefined {
    if (type !== 'embed' && type !== 'embedMany') return undefined;
    this.#starting();
    return this.#tracker.expectSpan(context.active(), type === 'embed');
  }

  ended(message: ChannelMessage): void {
    this.#endings.get(message)?.(message);
    this.#endings.delete(message);
  }

  #run(message: ChannelMessage): Context {
    this.#starting();
    const { event, type } = message;
    announceVersion(event['aiVersion']);
    const parent = context.active();
    const agent = hasMembers(event['tools']) ? this.#agent(message, parent) : undefined;
    const run: Run = { id: event['callId'], agent, maxRetries: typeof event['maxRetries'] === 'number' ? event['maxRetries'] : 2, tools: event['tools'], call: undefined };
    this.#endings.set(message, ({ error, result }) => {
      settle(run, error);
      agent?.end(resultOf(error), () => ({ outputMessages: answerOf(type, result) }));
    });
    return (agent?.context ?? parent).setValue(RUN, run);
  }

  /** A model with tools, in a loop until it is done: an agent. */
  #agent({ event, type }: ChannelMessage, parent: Context): Step | undefined {
    const [name, model] = [event['functionId'], event['modelId']];
    return this.#tracker.steps.start({
      subject: { kind: 'agent', ...(typeof name === 'string' && { name }), ...(typeof model === 'string' && { model }) },
      parent,
      ...(type === 'streamText' && { endsAfterFailure: ENDS_AFTER_FAILURE }),
      content: () => ({ systemInstructions: partsOf(event['instructions']), inputMessages: messagesOf(event['messages']) }),
    });
  }

  #step(message: ChannelMessage): undefined {
    const run = runOf(message);
    if (run === undefined) return;
    settle(run, undefined);
    this.#endings.set(message, ({ error }) => settle(run, error));
  }

  #modelCall(message: ChannelMessage): Context | undefined {
    const run = runOf(message);
    if (run === undefined) return undefined;
    const pending = run.call?.pending ?? this.#tracker.expectCall(expected(message));
    if (pending === undefined) return undefined;
    const call = run.call ?? { pending, tries: 0 };
    run.call = call;
    call.tries++;
    pending.nextTry();
    this.#endings.set(message, ({ error }) => {
      // Of a stream, its first part has come: what breaks it now is not tried again, unless the application asks for that.
      if (error === undefined || !mayBeTriedAgain(error) || call.tries > run.maxRetries) settle(run, error);
    });
    return pending.context;
  }

  #embed(message: ChannelMessage): Context | undefined {
    this.#starting();
    const pending = this.#tracker.expectCall(expected(message));
    if (pending !== undefined) this.#endings.set(message, ({ error }) => pending.settle({ by: 'sdk', result: signalOf(error) }));
    return pending?.context;
  }

  #tool(message: ChannelMessage): Context | undefined {
    const run = runOf(message);
    const call = message.event['toolCall'];
    if (run === undefined || !isObject(call) || typeof call['toolName'] !== 'string') return undefined;
    const name = call['toolName'];
    const tool = isObject(run.tools) ? run.tools[name] : undefined;
    const description = isObject(tool) ? tool['description'] : undefined;
    const step = this.#tracker.steps.start({
      subject: { kind: 'tool', name, type: 'function', ...(typeof call['toolCallId'] === 'string' && { callId: call['toolCallId'] }), ...(typeof description === 'string' && { description }) },
      parent: context.active(),
      content: () => ({ toolArguments: call['input'] }),
    });
    if (step === undefined) return undefined;
    this.#endings.set(message, ({ error, result }) => {
      const output = isObject(result) && isObject(result['output']) ? result['output'] : {};
      // What a tool throws is the model's to hear of: the SDK goes on.
      const thrown = error ?? (output['type'] === 'tool-error' ? (output['error'] ?? 'tool_error') : undefined);
      step.end(thrown === undefined ? 'returned' : isObject(thrown) ? { threw: readSdkError(thrown) } : { failed: 'tool_error' }, () => ({ toolResult: output['output'] }));
    });
    return step.context;
  }
}

function runOf({ event }: ChannelMessage): Run | undefined {
  const run = context.active().getValue(RUN);
  return isRun(run) && run.id === event['callId'] ? run : undefined;
}

function isRun(value: unknown): value is Run {
  return isObject(value) && 'maxRetries' in value;
}

/** Ends the model call under way, if it has not ended. */
function settle(run: Run, error: unknown): void {
  run.call?.pending.settle({ by: 'sdk', result: signalOf(error) });
  run.call = undefined;
}

type Signal = 'returned' | 'cancelled' | { readonly threw: ReturnType<typeof readSdkError> };

function signalOf(error: unknown): Signal {
  if (error === undefined) return 'returned';
  // After the last try, what that one failed of.
  const last = isObject(error) && isObject(error['lastError']) ? error['lastError'] : error;
  const threw = readSdkError(last);
  return threw.names[0] === 'AbortError' ? 'cancelled' : { threw };
}

/** What an agent returns is what its last call answered, be that whole or not. */
function resultOf(error: unknown): StepResult {
  const signal = signalOf(error);
  return signal === 'returned' ? 'returned_answer' : signal;
}

function mayBeTriedAgain(error: unknown): boolean {
  // Where outputs are not to be recorded, the error says nothing.
  return isObject(error) && (error['isRetryable'] === true || error['message'] === 'AI SDK operation failed');
}

function answerOf(type: string, result: unknown): ReturnType<typeof messagesOf> {
  const steps = type === 'generateText' && isObject(result) ? result['steps'] : undefined;
  const last: unknown = Array.isArray(steps) ? steps.at(-1) : undefined;
  return isObject(last) ? messagesOf([{ role: 'assistant', content: last['content'], finishReason: last['finishReason'] }]) : [];
}

/** A call that starts in the active context. */
function expected({ event }: ChannelMessage): Parameters<CallTracker['expectCall']>[0] {
  const model = event['modelId'];
  return { context: context.active(), ...(typeof model === 'string' && { model }) };
}

function hasMembers(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length > 0;
}

/** Whether the application has registered an integration that makes spans, as `@ai-sdk/otel` is. */
function tracesItself(): boolean {
  const integrations: unknown = Reflect.get(globalThis, 'AI_SDK_TELEMETRY_INTEGRATIONS');
  return Array.isArray(integrations) && integrations.some((one) => isObject(one) && typeof one['executeLanguageModelCall'] === 'function');
}

function announceVersion(version: unknown): void {
  if (typeof version !== 'string' || Number.parseInt(version, 10) === TESTED_MAJOR) return;
  announce(`ai:untested:${version}`, `ai ${version} is traced, but of the versions that publish what they do only 7 is tested.`);
}
