import { isFunction, isObject } from './shape.ts';

/**
 * Replaces a method.
 *
 * @param call runs the original as it was called, and returns its result
 */
export type Method<State> = (state: State, call: () => unknown, args: readonly unknown[], self: object) => unknown;

/** Returns the value that a getter gives in place of `value`. */
export type Getter<State> = (state: State, value: unknown) => unknown;

/** Methods and getters to put in front of a class's own. */
export interface Members<State> {
  readonly methods: Readonly<Record<PropertyKey, Method<State>>>;
  readonly getters?: Readonly<Record<string, Getter<State>>>;
}

/**
 * Puts methods in front of those of single objects. They are in an object between each object and its prototype, one for each
 * prototype. The class and the object's own properties do not change, and enumeration finds the same names. Only the identity of
 * the prototype shows.
 *
 * Skips members that the class does not have, and objects whose prototype cannot be changed.
 */
export class StandIn<State extends object> {
  readonly #members: Members<State>;
  readonly #states = new WeakMap<object, State>();
  readonly #byPrototype = new WeakMap<object, object>();

  constructor(members: Members<State>) {
    this.#members = members;
  }

  /** Puts the members in front of those of `target`. Does nothing if they are there already. */
  put(target: object, state: State): void {
    if (this.#states.has(target)) return;
    const prototype: unknown = Object.getPrototypeOf(target);
    if (!isObject(prototype) || !Reflect.setPrototypeOf(target, this.#inFrontOf(prototype))) return;
    this.#states.set(target, state);
    // Node's iterators have their methods as own properties.
    for (const name of Reflect.ownKeys(this.#members.methods)) {
      const own = Object.getOwnPropertyDescriptor(target, name);
      const original: unknown = own?.value;
      if (own?.configurable === true && typeof original === 'function') Reflect.defineProperty(target, name, { ...own, value: this.#method(name, () => original) });
    }
  }

  #inFrontOf(prototype: object): object {
    const known = this.#byPrototype.get(prototype);
    if (known !== undefined) return known;
    const made: object = Object.create(prototype);
    const byOriginal = new Map<unknown, unknown>();
    for (const name of Reflect.ownKeys(this.#members.methods)) {
      const found = inherited(prototype, name);
      if (typeof found?.value !== 'function') continue;
      // `values` and `[Symbol.asyncIterator]` are one method, and stay one.
      const method = byOriginal.get(found.value) ?? this.#method(name, () => Reflect.get(prototype, name));
      byOriginal.set(found.value, method);
      Object.defineProperty(made, name, { ...found, value: method });
    }
    for (const [name, getter] of Object.entries(this.#members.getters ?? {})) {
      const found = inherited(prototype, name);
      if (found?.get !== undefined) Object.defineProperty(made, name, { ...found, get: this.#getter(prototype, name, getter) });
    }
    this.#byPrototype.set(prototype, made);
    return made;
  }

  #method(name: PropertyKey, original: () => unknown): unknown {
    const states = this.#states;
    const inFront = this.#members.methods[name];
    // As a method it has the right name and cannot be constructed.
    const holder: Record<PropertyKey, unknown> = {
      [name](this: object, ...args: unknown[]): unknown {
        const method = original();
        const call = (): unknown => (isFunction(method) ? Reflect.apply(method, this, args) : undefined);
        const state = states.get(this);
        return state === undefined || inFront === undefined ? call() : inFront(state, call, args, this);
      },
    };
    return holder[name];
  }

  #getter(prototype: object, name: string, getter: Getter<State>): () => unknown {
    const states = this.#states;
    return function get(this: object): unknown {
      const value: unknown = Reflect.get(prototype, name, this);
      const state = states.get(this);
      return state === undefined ? value : getter(state, value);
    };
  }
}

function inherited(prototype: object, name: PropertyKey): PropertyDescriptor | undefined {
  for (let object: object | null = prototype; object !== null; object = Object.getPrototypeOf(object)) {
    const found = Object.getOwnPropertyDescriptor(object, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
