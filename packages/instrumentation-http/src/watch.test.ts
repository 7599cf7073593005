import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { watch } from './watch.ts';

class Greeter {
  readonly name: string = 'world';

  greet(word: string): string {
    return `${word} ${this.name}`;
  }
}

describe('a watched method', () => {
  it('is called as before, with what it was called on', () => {
    const greeter = new Greeter();
    const seen: unknown[] = [];
    watch(greeter, 'greet', (args) => seen.push(args), () => seen.push('returned'));
    expect([greeter.greet('hello'), greeter.greet.name]).toEqual(['hello world', 'greet']);
    expect(seen).toEqual([['hello'], 'returned']);
  });

  it('does not show among the keys, and leaves the class alone', () => {
    const greeter = new Greeter();
    watch(greeter, 'greet', () => undefined);
    expect(Object.keys(greeter)).toEqual(['name']);
    expect(Object.hasOwn(new Greeter(), 'greet')).toBe(false);
  });

  it('works where the watcher throws, and throws what the method throws', () => {
    const greeter = new Greeter();
    watch(greeter, 'greet', () => {
      throw new Error('telemetry');
    });
    expect(greeter.greet('hello')).toBe('hello world');
    const emitter = new EventEmitter();
    watch(emitter, 'emit', () => undefined);
    expect(() => emitter.emit('error', new Error('own'))).toThrow('own');
  });

  it('is gone when it is left', () => {
    const greeter = new Greeter();
    const leave = watch(greeter, 'greet', () => undefined);
    leave();
    leave();
    expect(Object.hasOwn(greeter, 'greet')).toBe(false);
  });

  it('is given back where it was the object’s own', () => {
    const own = (): string => 'own';
    const greeter = { greet: own };
    const leave = watch(greeter, 'greet', () => undefined);
    expect(Object.keys(greeter)).toEqual(['greet']);
    leave();
    expect(greeter.greet).toBe(own);
  });

  it('stays where somebody else has come in front of it', () => {
    const greeter = new Greeter();
    const leave = watch(greeter, 'greet', () => undefined);
    const ours: unknown = Reflect.get(greeter, 'greet');
    greeter.greet = (word) => (typeof ours === 'function' ? String(Reflect.apply(ours, greeter, [word])).toUpperCase() : '');
    leave();
    expect(greeter.greet('hello')).toBe('HELLO WORLD');
  });

  it('is left alone where the object cannot be changed or has no such method', () => {
    const greeter = Object.freeze(new Greeter());
    watch(greeter, 'greet', () => undefined)();
    watch(greeter, 'name', () => undefined)();
    expect([greeter.greet('hello'), greeter.name]).toEqual(['hello world', 'world']);
  });
});
