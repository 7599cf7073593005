import { describe, expect, it } from 'vitest';
import { declaringPrototype } from './clients.ts';

class Base {
  send(): string {
    return 'sent';
  }
}
class Client extends Base {}
class Mine extends Client {
  override send(): string {
    return `my ${super.send()}`;
  }
}

describe('declaringPrototype', () => {
  it("is the SDK's, where an application overrides the method in a class of its own", () => {
    expect(declaringPrototype(Mine.prototype, 'send')).toBe(Base.prototype);
    expect(declaringPrototype(Object.getPrototypeOf(new Client()), 'send')).toBe(Base.prototype);
  });

  it.each([undefined, null, 'text', {}, Object.create(null)])('is none of %o', (from) => {
    expect(declaringPrototype(from, 'send')).toBeUndefined();
  });
});
