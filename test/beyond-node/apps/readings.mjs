/**
 * Ways in which an application may read an answer, each with what it saw. They are played on a `fetch` as it is and on one that is
 * traced, on every runtime, and must see the same. Nothing here may depend on time.
 */

const seen = (error) => ({ threw: error?.constructor?.name, name: error?.name, message: error?.message, code: error?.code, cause: error?.cause?.message });

const attempt = async (work) => {
  try {
    return await work();
  } catch (error) {
    return seen(error);
  }
};

const text = (bytes) => new TextDecoder().decode(bytes);

/** Chunks may be joined on their way as the network likes. */
const drain = async (reader) => {
  let all = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { all, value };
    all += text(value);
  }
};

const isWorkerd = globalThis.WebSocketPair !== undefined;

/** When a pipe unlocks its source is a matter of turns. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

const state = (response) => ({ used: response.bodyUsed, locked: response.body?.locked ?? null });

const shapeOf = (response) => ({
  tag: Object.prototype.toString.call(response),
  instance: response instanceof Response,
  own: Object.getOwnPropertyNames(response),
  constructed: response.constructor === Response,
  keys: Object.keys(response),
  spread: Object.keys({ ...response }),
  inKeys: (() => {
    const names = [];
    for (const name in response) names.push(name);
    return names.sort();
  })(),
  json: JSON.stringify(response),
  sameBody: response.body === response.body,
  bodyTag: Object.prototype.toString.call(response.body),
  bodyKeys: Object.keys(response.body),
  stream: response.body instanceof ReadableStream,
  names: ['text', 'json', 'arrayBuffer', 'blob', 'clone'].map((name) => response[name].name),
  status: response.status,
  ok: response.ok,
  type: response.headers.get('content-type'),
});

/** @type {Record<string, (get: () => Promise<Response>) => Promise<unknown>>} */
export const readings = {
  text: async (get) => {
    const response = await get();
    return [await response.text(), state(response), await attempt(() => response.text())];
  },
  json: async (get) => {
    const response = await get();
    return [await attempt(() => response.json()), state(response), await attempt(() => response.json())];
  },
  arrayBuffer: async (get) => {
    const response = await get();
    const buffer = await response.arrayBuffer();
    return [buffer instanceof ArrayBuffer, text(buffer), state(response)];
  },
  bytes: async (get) => {
    const response = await get();
    const bytes = await response.bytes();
    return [bytes instanceof Uint8Array, text(bytes), state(response)];
  },
  blob: async (get) => {
    const response = await get();
    const blob = await response.blob();
    return [blob instanceof Blob, blob.type, blob.size, await blob.text(), state(response)];
  },
  formData: async (get) => attempt(async () => [...(await (await get()).formData()).entries()]),
  textStream: async (get) =>
    attempt(async () => {
      const response = await get();
      if (response.textStream === undefined) return 'none';
      let all = '';
      for await (const part of response.textStream()) all += part;
      return [all, state(response)];
    }),
  shape: async (get) => {
    const response = await get();
    const shape = shapeOf(response);
    await response.body.cancel();
    return shape;
  },
  inspected: async (get) => {
    // It lists what a prototype has in the order of prototypes.
    if (isWorkerd) return 'as it likes';
    const response = await get();
    const { inspect } = globalThis.process?.getBuiltinModule?.('node:util') ?? {};
    const said = inspect === undefined ? 'none' : inspect(response);
    await response.text();
    return said;
  },
  reader: async (get) => {
    const response = await get();
    const reader = response.body.getReader();
    const before = state(response);
    const read = await drain(reader);
    return [before, read, await reader.closed, state(response), reader.releaseLock(), state(response)];
  },
  readerTwice: async (get) => {
    const response = await get();
    const reader = response.body.getReader();
    return [await attempt(() => response.body.getReader()), await attempt(() => response.text()), await drain(reader)];
  },
  releasedReader: async (get) => {
    const response = await get();
    const reader = response.body.getReader();
    const first = await reader.read();
    reader.releaseLock();
    const refused = await attempt(() => reader.read());
    const again = response.body.getReader();
    const rest = await drain(again);
    return [text(first.value) + rest.all, refused, await attempt(() => reader.cancel()), state(response)];
  },
  releasedWhileReading: async (get) => {
    const response = await get();
    const reader = response.body.getReader();
    await reader.read();
    const { all } = await drain(reader);
    const last = reader.read();
    reader.releaseLock();
    return [typeof all, await attempt(() => last), state(response)];
  },
  byob: async (get) =>
    attempt(async () => {
      const response = await get();
      const reader = response.body.getReader({ mode: 'byob' });
      let all = '';
      let buffer = new ArrayBuffer(16);
      for (;;) {
        const { done, value } = await reader.read(new Uint8Array(buffer));
        if (done) return [all, value?.byteLength, state(response)];
        all += text(value);
        buffer = value.buffer;
      }
    }),
  byobWithoutView: async (get) =>
    attempt(async () => {
      const reader = (await get()).body.getReader({ mode: 'byob' });
      const refused = await attempt(() => reader.read());
      const { value } = await reader.read(new Uint8Array(1_000));
      await reader.cancel();
      return [refused.name, value.byteLength > 0];
    }),
  iterated: async (get) => {
    const response = await get();
    let all = '';
    for await (const chunk of response.body) all += text(chunk);
    return [all, state(response)];
  },
  iteratedByValues: async (get) => {
    const response = await get();
    let all = '';
    for await (const chunk of response.body.values()) all += text(chunk);
    return [all, state(response)];
  },
  leftByBreak: async (get) => {
    const response = await get();
    for await (const chunk of response.body) if (chunk.length > 0) break;
    return [state(response), await attempt(() => response.text())];
  },
  leftOpen: async (get) => {
    const response = await get();
    let all = '';
    for await (const chunk of response.body.values({ preventCancel: true })) {
      all += text(chunk);
      break;
    }
    for await (const chunk of response.body) all += text(chunk);
    return [all, state(response)];
  },
  iteratorByHand: async (get) => {
    const response = await get();
    const iterator = response.body[Symbol.asyncIterator]();
    const first = await iterator.next();
    return [first.done, first.value instanceof Uint8Array, await iterator.return('enough'), await iterator.next(), state(response)];
  },
  cancelled: async (get) => {
    const response = await get();
    return [await response.body.cancel('no need'), state(response), await attempt(() => response.text())];
  },
  cancelledByReader: async (get) => {
    const response = await get();
    const reader = response.body.getReader();
    await reader.read();
    return [await attempt(() => response.body.cancel()), await reader.cancel(), await reader.read(), state(response)];
  },
  pipedTo: async (get) => {
    const response = await get();
    let all = '';
    let closed = false;
    const result = await response.body.pipeTo(new WritableStream({ write: (chunk) => void (all += text(chunk)), close: () => void (closed = true) }));
    return [result, all, closed, state(response)];
  },
  pipedToWhatFails: async (get) => {
    const response = await get();
    const failed = await attempt(() => response.body.pipeTo(new WritableStream({ write: () => Promise.reject(new Error('full')) })));
    return [failed, state(response)];
  },
  pipedToWhatFailsUncancelled: async (get) => {
    const response = await get();
    const failed = await attempt(() => response.body.pipeTo(new WritableStream({ write: () => Promise.reject(new Error('full')) }), { preventCancel: true }));
    return [failed, state(response)];
  },
  pipedToNowhere: async (get) => {
    const response = await get();
    return [await attempt(() => response.body.pipeTo(undefined)).then((threw) => threw.threw), state(response), await response.text()];
  },
  pipedAndAborted: async (get) => {
    const response = await get();
    const failed = await attempt(() => response.body.pipeTo(new WritableStream(), { signal: AbortSignal.abort() }));
    return [failed.name, state(response)];
  },
  pipedThrough: async (get) => {
    const response = await get();
    const transform = new TransformStream({ transform: (chunk, controller) => controller.enqueue(text(chunk).toUpperCase()) });
    const through = response.body.pipeThrough(transform);
    const before = state(response);
    let all = '';
    for await (const part of through) all += part;
    await settled();
    return [through === transform.readable, before, all, state(response)];
  },
  decoded: async (get) => {
    const response = await get();
    let all = '';
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      all += value;
    }
    await settled();
    return [all, state(response)];
  },
  pipedThroughWhatFailsUncancelled: async (get) => {
    // It tells of one more unhandled rejection of a pipe that is awaited.
    if (isWorkerd) return 'as it likes';
    const response = await get();
    const transform = new TransformStream({ transform: () => Promise.reject(new Error('full')) });
    const failed = await attempt(() => drain(response.body.pipeThrough(transform, { preventCancel: true }).getReader()));
    await settled();
    return [failed, state(response)];
  },
  pipedThroughNothing: async (get) => {
    const response = await get();
    return [(await attempt(() => response.body.pipeThrough({}))).threw, state(response), await response.text()];
  },
  pipedWhileLocked: async (get) => {
    const response = await get();
    const reader = response.body.getReader();
    const refused = [(await attempt(() => response.body.pipeTo(new WritableStream()))).threw, (await attempt(() => response.body.pipeThrough(new TransformStream()))).threw, (await attempt(() => response.body.tee())).threw];
    return [refused, await drain(reader)];
  },
  cancelledThrough: async (get) => {
    const response = await get();
    const through = response.body.pipeThrough(new TransformStream());
    const reader = through.getReader();
    await reader.read();
    await reader.cancel('enough');
    return [state(response).used];
  },
  teed: async (get) => {
    const response = await get();
    const [one, other] = response.body.tee();
    return [one !== other, state(response), await drain(one.getReader()), await drain(other.getReader())];
  },
  teedAndOneLeft: async (get) => {
    const response = await get();
    const [one, other] = response.body.tee();
    const left = one.cancel('no need');
    const read = await drain(other.getReader());
    await left;
    return read;
  },
  cloned: async (get) => {
    const response = await get();
    const body = response.body;
    const clone = response.clone();
    return [body === response.body, body.locked, clone.constructor === Response, state(response), state(clone), await clone.text(), state(response), await response.json().catch(seen)];
  },
  clonedUnopened: async (get) => {
    const response = await get();
    const clone = response.clone();
    return [await response.text(), await clone.text()];
  },
  clonedTwice: async (get) => {
    const response = await get();
    const clone = response.clone();
    const third = clone.clone();
    return [await third.text(), await response.text(), await clone.text()];
  },
  clonedTooLate: async (get) => {
    const response = await get();
    await response.text();
    return attempt(() => response.clone());
  },
  handedOn: async (get) => {
    const response = await get();
    const handed = new Response(response.body, response);
    const same = handed.body === response.body;
    return [same, handed.status, await handed.text(), state(response)];
  },
  handedOnAndStreamed: async (get) => {
    const response = await get();
    const handed = new Response(response.body, { headers: response.headers });
    return [await drain(handed.body.getReader()), state(response)];
  },
  otherReceiver: async (get) => {
    const [one, other] = [await get(), await get()];
    // oxlint-disable-next-line typescript/unbound-method -- for another receiver
    const { text: borrowed } = one;
    return [await borrowed.call(other), state(one), await one.text()];
  },
  changedChunks: async (get) => {
    const response = await get();
    let all = '';
    for await (const chunk of response.body) {
      all += text(chunk);
      chunk.fill(0);
    }
    return all;
  },
  transferredChunks: async (get) => {
    const response = await get();
    let length = 0;
    for await (const chunk of response.body) {
      const given = structuredClone(chunk, { transfer: [chunk.buffer] });
      length += given.length + chunk.length;
    }
    return length;
  },
  unread: async (get) => (await get()).status,
};

/** Plays all of them, or those that are named. */
export async function play(get, names = Object.keys(readings)) {
  const results = {};
  for (const name of names) results[name] = (await attempt(() => readings[name](() => get(name)))) ?? null;
  return results;
}
