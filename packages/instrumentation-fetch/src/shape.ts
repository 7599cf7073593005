/** Shapes of the values that go into `fetch` and come out of it. They may be another realm's or a polyfill's, so each is checked where it comes in. */

/** Whether a value can be asked for properties. */
export function isObject(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Any function, to be called with `Reflect.apply`. */
export type AnyFunction = (this: unknown, ...args: readonly unknown[]) => unknown;

/** Whether a value is a function. */
export function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function';
}

/** Whether a value is a web stream. Node's streams, which some clients use for a body, are not. */
export function isReadableStream(value: unknown): value is ReadableStream {
  return isObject(value) && isFunction(value['getReader']) && typeof value['locked'] === 'boolean';
}

/** Whether a value is a `Response`, of whichever implementation. Plain objects that tests return are not. */
export function isResponse(value: unknown): value is Response {
  return isObject(value) && Object.prototype.toString.call(value) === '[object Response]' && typeof value['status'] === 'number' && isObject(value['headers']);
}

/** Whether a value is an abort signal. */
export function isSignal(value: unknown): value is AbortSignal {
  return isObject(value) && typeof value['aborted'] === 'boolean' && isFunction(value['addEventListener']);
}

/** Whether a value is a promise. On edge runtimes it may be one of the surrounding realm. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return isObject(value) && isFunction(value['then']);
}

/** The bytes of any view or buffer, without a copy. Undefined for other values. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return isBuffer(value) ? new Uint8Array(value) : undefined;
}

function isBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === '[object ArrayBuffer]';
}
