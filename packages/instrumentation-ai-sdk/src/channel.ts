import { tracingChannel } from 'node:diagnostics_channel';
import { createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { announce, context, guard } from '@outspan/core';

/** What the AI SDK publishes of one thing that it does; the same object at its start and at its end. */
export interface ChannelMessage {
  readonly type: string;
  readonly event: Readonly<Record<string, unknown>>;
  /** Absent while it is under way, where it returned, and where the application lets no outputs be recorded. */
  readonly error?: unknown;
  readonly result?: unknown;
}

/** Who follows what the SDK does. */
export interface ChannelObserver {
  /** Something starts; returns the context to do it in, if not the one that is active. */
  starting(message: ChannelMessage): Context | undefined;
  /** It has ended. */
  ended(message: ChannelMessage): void;
}

const CHANNEL = 'ai:telemetry';
const WANTED: symbol = createContextKey('outspan.ai-sdk.wanted');

/**
 * Follows the channel. What the SDK does between a start and its end, it does in the context that the observer says.
 *
 * @returns what takes it back
 */
export function observeChannel(observer: ChannelObserver): () => void {
  const channel = tracingChannel(CHANNEL);
  const linking = new Linking();
  const store = {
    run: (given: Context, next: () => unknown): unknown => context.with(given, next),
    // From Node 26 on a store is entered and left.
    withScope(given: Context): Disposable {
      const token = context.attach(given);
      return { [Symbol.dispose]: () => token?.dispose() };
    },
  };
  const enter = (message: unknown): Context =>
    guard('following the AI SDK', () => {
      if (!isMessage(message) || !linking.works) return undefined;
      return linking.expect(observer.starting(message));
    }) ?? guard('following the AI SDK', () => context.active()) ?? ROOT_CONTEXT;
  const subscriber = {
    start: (): void => guard('following the AI SDK', () => linking.check()),
    asyncEnd: (message: unknown): void => {
      if (isMessage(message)) guard('following the AI SDK', () => observer.ended(message));
    },
  };
  const { start }: { readonly start: StoreChannel } = channel;
  start.bindStore(store, enter);
  channel.start.subscribe(subscriber.start);
  channel.asyncEnd.subscribe(subscriber.asyncEnd);
  return () => {
    start.unbindStore(store);
    channel.start.unsubscribe(subscriber.start);
    channel.asyncEnd.unsubscribe(subscriber.asyncEnd);
  };
}

/** The channel takes any store that can be entered; its declared type knows only Node's own. */
interface StoreChannel {
  bindStore(store: object, enter: (message: unknown) => Context): void;
  unbindStore(store: object): void;
}

/** Whether what is done after a start is done in the context that was asked for: without that, nothing would be found beneath. */
class Linking {
  #broken = false;
  /** What the context that was asked for last is known by: a manager may hand out another object for it. */
  #wanted: object | undefined;

  get works(): boolean {
    return !this.#broken;
  }

  expect(wanted: Context | undefined): Context | undefined {
    this.#wanted = wanted && {};
    return wanted?.setValue(WANTED, this.#wanted);
  }

  check(): void {
    if (this.#wanted === undefined || this.#broken) return;
    this.#broken = context.active().getValue(WANTED) !== this.#wanted;
    this.#wanted = undefined;
    if (this.#broken) announce('ai:context', 'The OpenTelemetry context manager cannot be entered from a diagnostics channel (that needs @opentelemetry/api 1.10 and its context manager 3 on this Node.js): calls of the AI SDK are traced from the wire alone.');
  }
}

function isMessage(message: unknown): message is ChannelMessage {
  return typeof message === 'object' && message !== null && 'type' in message && typeof message.type === 'string' && 'event' in message && typeof message.event === 'object' && message.event !== null;
}
