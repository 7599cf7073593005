import { describe, expect, it } from 'vitest';
import { interpose, observeEveryone, observeOnly } from './interpose.ts';

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

describe('observeOnly', () => {
  it('has the calls on that client told, and lets those on others through', () => {
    const Client = sdk();
    const [mine, other] = [new Client(), new Client()];
    observeOnly(Client.prototype, mine);
    interpose(Client.prototype, 'greet', ({ run }) => `${String(run())}!`);
    expect([mine.greet('you'), other.greet('you')]).toEqual(['hello you!', 'hello you']);
    observeOnly(Client.prototype, other);
    expect(other.greet('you')).toBe('hello you!');
  });

  it('adds nothing to a client that could be seen', () => {
    const Client = sdk();
    const client = Object.freeze(new Client());
    observeOnly(Client.prototype, client);
    interpose(Client.prototype, 'greet', () => 'first');
    expect([Reflect.ownKeys(client), client.greet('you')]).toEqual([[], 'first']);
  });

  it('finds a client by what a method is called on, where that is a part of it', () => {
    const Client = sdk();
    const hooks = {};
    const [part, other] = [Object.assign(new Client(), { hooks }), Object.assign(new Client(), { hooks: {} })];
    observeOnly(Client.prototype, hooks, (self) => Reflect.get(self, 'hooks'));
    interpose(Client.prototype, 'greet', () => 'first');
    expect([part.greet('you'), other.greet('you'), new Client().greet('you')]).toEqual(['first', 'hello you', 'hello you']);
  });

  it('changes nothing where the calls on every client are told', () => {
    const Client = sdk();
    interpose(Client.prototype, 'greet', () => 'first');
    observeOnly(Client.prototype, new Client());
    expect(new Client().greet('you')).toBe('first');
  });
});

describe('observeEveryone', () => {
  it('has the calls on all clients told from then on', () => {
    const Client = sdk();
    observeOnly(Client.prototype, new Client());
    interpose(Client.prototype, 'greet', () => 'first');
    observeEveryone(Client.prototype);
    expect(new Client().greet('you')).toBe('first');
  });
});
