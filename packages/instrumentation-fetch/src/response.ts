import { guard, now, telling } from '@outspan/core';
import type { Copy } from './exchange.ts';
import { relayOf } from './relay.ts';
import { bytesOf, isFunction, isPromise, isReadableStream, isResponse } from './shape.ts';
import { StandIn } from './stand-in.ts';
import type { Method } from './stand-in.ts';
import { observeStream } from './stream.ts';

const STEP = 'observing a response';

/** Statuses without a body. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([101, 204, 205, 304]);

interface Reading {
  copy: Copy;
  /** The response's body, once the application has asked for it. Before that no stream is made. */
  stream?: ReadableStream | undefined;
}

/**
 * Observes how a response is read. The response stays the same object, and only the application reads its body. A body that is
 * handed on natively (from a worker's handler, to `new Response(body)`) is handed on untouched.
 */
export function observeResponse(response: Response, copy: Copy): void {
  if (WITHOUT_BODY.has(response.status)) copy.complete();
  // Nobody records the call: the attempt ended with its head.
  else if (copy.open) responses.put(response, { copy });
}

/** A method that hands out the whole body at once. The native method itself refuses a body that is used or locked. */
function whole(read: (copy: Copy, call: () => unknown, response: Response) => unknown): Method<Reading> {
  return ({ copy, stream }, call, _, self) => (copy.open && isResponse(self) && !self.bodyUsed && stream?.locked !== true ? read(copy, call, self) : call());
}

/** Takes the bytes of what the method hands out, before the application gets it. */
function taking(toBytes: (value: unknown) => Uint8Array | undefined): (copy: Copy, call: () => unknown) => unknown {
  return (copy, call) =>
    told(call, copy, (value) => {
      const bytes = toBytes(value);
      if (bytes !== undefined) copy.takeWhole(bytes);
    });
}

function told(call: () => unknown, copy: Copy, came: (value: unknown) => void): unknown {
  copy.beginWhole();
  const result = call();
  return isPromise(result) ? telling(result, STEP, { came, failed: (error) => copy.fail(error) }) : result;
}

const takingText = taking((value) => (typeof value === 'string' ? new TextEncoder().encode(value) : undefined));

/** Reads the text and parses it; an invalid document gets the runtime's own error. For a subclass with its own methods, takes the result of its `json()`. */
function json(copy: Copy, call: () => unknown, response: Response): unknown {
  // Bun makes `null` of an empty body, but only of one that was fetched.
  if (response.headers.get('content-length') === '0') return told(call, copy, () => copy.takeWhole(new Uint8Array(0)));
  const { text } = globalThis.Response.prototype;
  if (response instanceof globalThis.Response && response.constructor === globalThis.Response) return parsed(takingText(copy, () => Reflect.apply(text, response, [])));
  const { attempt } = copy;
  return told(call, copy, (value) => {
    attempt.answered({ form: 'json', bytes: attempt.head?.contentLength ?? 0, answer: attempt.dialect.readAnswer(value, attempt.readOptions) });
    copy.takeWhole(new Uint8Array(0));
  });
}

async function parsed(reading: unknown): Promise<unknown> {
  const text = String(await reading);
  try {
    return JSON.parse(text);
  } catch {
    return new Response(text).json();
  }
}

/** Reads the blob as well, which does not use it up. */
function blob(copy: Copy, call: () => unknown): unknown {
  return told(call, copy, (value) => {
    const at = now();
    if (!(value instanceof Blob)) return;
    void value.arrayBuffer().then(
      (buffer) => guard(STEP, () => copy.takeWhole(new Uint8Array(buffer), at)),
      (error: unknown) => guard(STEP, () => copy.fail(error)),
    );
  });
}

/** Deno's and Bun's. Reads the body through a stream that is observed. */
function textStream(_: Copy, call: () => unknown, response: Response): unknown {
  const native: unknown = Reflect.get(globalThis.Response.prototype, 'textStream');
  const { body } = response;
  return body === null || !isFunction(native) ? call() : Reflect.apply(native, new Response(relayOf(body).readable), []);
}

/** No LLM answers with a form, so its bytes are not followed. */
function formData(copy: Copy, call: () => unknown): unknown {
  const result = call();
  const settled = (): void => copy.abandon();
  return isPromise(result) ? telling(result, STEP, { came: settled, failed: settled }) : result;
}

const responses = new StandIn<Reading>({
  methods: {
    text: whole(takingText),
    json: whole(json),
    arrayBuffer: whole(taking(bytesOf)),
    bytes: whole(taking(bytesOf)),
    blob: whole(blob),
    formData: whole(formData),
    textStream: whole(textStream),
    clone(reading, call) {
      const clone = call();
      guard(STEP, () => {
        if (!reading.copy.open || !isResponse(clone)) return;
        const [own, other] = reading.copy.split();
        reading.copy = own;
        reading.stream = undefined;
        observeResponse(clone, other);
      });
      return clone;
    },
  },
  getters: {
    body(reading, value) {
      if (isReadableStream(value)) {
        reading.stream = value;
        guard(STEP, () => observeStream(value, reading.copy));
      }
      return value;
    },
    bodyUsed: ({ copy }, used) => used === true || copy.piped,
  },
});
