import type { ClientOf } from '../interpose.ts';
import type { SdkTracing } from '../tracing.ts';

/** One object on which the calls of a client are seen. */
export interface ClientPart {
  /** The object whose methods are replaced: most often the prototype of `client`. */
  readonly target: object;
  /** The object that the methods are called on, or the one that `clientOf` finds for it. */
  readonly client: object;
}

/** The clients that `observe(client)` of an instrumentation accepts. */
export interface Clients {
  /** Names the SDKs in announcements. */
  readonly name: string;
  /** What `observe()` accepts, for the warning about anything else: `a client of cohere-ai`. */
  readonly expected: string;
  /** Finds the parts of a client by its shape, because bundlers rename classes. Returns none for any other object. */
  partsOf(client: object): readonly ClientPart[];
  /** Finds the client for the object that a method is called on. For SDKs that create parts of a client on first use. */
  readonly clientOf?: ClientOf;
  /** Observes the methods of a target, see `interpose`. Returns a function that stops it. */
  readonly observe: (target: object, tracing: SdkTracing) => () => void;
}

/**
 * The last prototype in a chain that declares a method itself. It is the SDK's own, even if an application overrides the method
 * in a subclass.
 *
 * @param from the first prototype of the chain
 */
export function declaringPrototype(from: unknown, method: string): object | undefined {
  let found: object | undefined;
  for (let prototype = from; typeof prototype === 'object' && prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    if (Object.hasOwn(prototype, method)) found = prototype;
  }
  return found;
}
