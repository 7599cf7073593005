import { describe, expect, it } from 'vitest';
import { StandIn } from './stand-in.ts';

class Animal {
  readonly name = 'Mia';
  says(word = 'meow'): string {
    return `${this.name} says ${word}`;
  }
  get sound(): string {
    return 'purr';
  }
  sleeps(): void {}
}

const heard: unknown[] = [];
const standIn = new StandIn<{ readonly louder: boolean }>({
  methods: {
    says: (state, call, args) => {
      heard.push([state, args]);
      return state.louder ? String(call()).toUpperCase() : call();
    },
    missing: (_, call) => call(),
  },
  getters: { sound: (state, value) => (state.louder ? 'PURR' : value) },
});

describe('StandIn', () => {
  it('puts methods and getters in front of those of one object', () => {
    const [loud, quiet] = [new Animal(), new Animal()];
    const state = { louder: true };
    standIn.put(loud, state);
    expect(loud.says('hi')).toBe('MIA SAYS HI');
    expect(loud.sound).toBe('PURR');
    expect(heard.at(-1)).toEqual([state, ['hi']]);
    expect([quiet.says(), quiet.sound]).toEqual(['Mia says meow', 'purr']);
  });

  it('leaves nothing on the object, and nothing more to enumerate', () => {
    const animal = new Animal();
    standIn.put(animal, { louder: false });
    expect(Reflect.ownKeys(animal)).toEqual(['name']);
    expect(animal).toBeInstanceOf(Animal);
    expect(animal.constructor).toBe(Animal);
    expect('missing' in animal).toBe(false);
    expect(animal.says.name).toBe('says');
  });

  it('is the method itself for another receiver', () => {
    const [one, other] = [new Animal(), new Animal()];
    standIn.put(one, { louder: true });
    // oxlint-disable-next-line typescript/unbound-method -- for another receiver
    expect(one.says.call(other)).toBe('Mia says meow');
  });

  it('has what the class has later', () => {
    const animal = new Animal();
    standIn.put(animal, { louder: true });
    // oxlint-disable-next-line typescript/unbound-method -- put back as it was
    const { says } = Animal.prototype;
    Animal.prototype.says = () => 'hiss';
    expect(animal.says()).toBe('HISS');
    Animal.prototype.says = says;
  });

  it('keeps its first state', () => {
    const animal = new Animal();
    standIn.put(animal, { louder: true });
    standIn.put(animal, { louder: false });
    expect(animal.says()).toBe('MIA SAYS MEOW');
  });

  it('passes over an object that takes no other prototype', () => {
    const animal = Object.preventExtensions(new Animal());
    standIn.put(animal, { louder: true });
    expect(animal.says()).toBe('Mia says meow');
  });

  it('replaces a method that the object has itself', () => {
    const animal = Object.assign(new Animal(), { says: () => 'own' });
    standIn.put(animal, { louder: true });
    expect(animal.says()).toBe('OWN');
    expect(Object.keys(animal)).toEqual(['name', 'says']);
  });
});
