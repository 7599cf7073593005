import { describe, expect, it } from 'vitest';
import { interpose } from './interpose.ts';

function sdk(): new () => { greet(name: string): string } {
  return class Client {
    readonly #greeting = 'hello';
    greet(name: string): string {
      return `${this.#greeting} ${name}`;
    }
  };
}

describe('interpose', () => {
  it('stands in front of a method, with what it was called on and by', () => {
    const Client = sdk();
    const client = new Client();
    interpose(Client.prototype, 'greet', ({ args, run, self }) => {
      expect([self, args]).toEqual([client, ['you']]);
      return `${String(run())}!`;
    });
    expect(client.greet('you')).toBe('hello you!');
  });

  it('can give the method other arguments', () => {
    const Client = sdk();
    interpose(Client.prototype, 'greet', ({ run }) => run(['them']));
    expect(new Client().greet('you')).toBe('hello them');
  });

  it("keeps the method's name, length and visibility", () => {
    const Client = sdk();
    interpose(Client.prototype, 'greet', ({ run }) => run());
    expect([Reflect.get(Client.prototype, 'greet').name, Reflect.get(Client.prototype, 'greet').length, Object.keys(Client.prototype)]).toEqual(['greet', 1, []]);
  });

  it('replaces a method once, and whoever came last stands in front of it', () => {
    const Client = sdk();
    const leaveFirst = interpose(Client.prototype, 'greet', () => 'first');
    const replaced = Reflect.get(Client.prototype, 'greet');
    interpose(Client.prototype, 'greet', () => 'second');
    leaveFirst?.();
    expect(Reflect.get(Client.prototype, 'greet')).toBe(replaced);
    expect(new Client().greet('you')).toBe('second');
  });

  it('goes straight through when nobody stands there any more', () => {
    const Client = sdk();
    interpose(Client.prototype, 'greet', () => 'first')?.();
    expect(new Client().greet('you')).toBe('hello you');
  });

  it('does nothing where there is no such method', () => {
    expect(interpose(sdk().prototype, 'wave', () => undefined)).toBeUndefined();
  });

  it('does not replace what cannot be replaced', () => {
    const fixed = { greet: () => 'hello' };
    Object.defineProperty(fixed, 'greet', { configurable: false, writable: false });
    expect(interpose(fixed, 'greet', () => 'first')).toBeUndefined();
    expect(fixed.greet()).toBe('hello');
  });
});
