import { describe, expect, it } from 'vitest';
import { EventTemplate } from './event-template.ts';

const learnt = (data: string): EventTemplate => {
  const template = new EventTemplate(['content', 'obfuscation', 'count']);
  template.learn(data);
  return template;
};
const event = (content: string, obfuscation: string, count: string, index = 0): string => `{"id":"x","choices":[{"index":${index},"delta":{"content":"${content}"}}],"usage":{"count":${count}},"obfuscation":"${obfuscation}"}`;

describe('EventTemplate', () => {
  const template = learnt(event('a \\" b', 'Zx', '7'));

  it.each([event('', '', '0'), event(' voilà 🗼', 'abc', '123456')])('knows %j again, which differs in varying values only', (data) => {
    expect(template.matches(data)).toBe(true);
    expect(() => void JSON.parse(data)).not.toThrow();
  });

  it.each([
    ['another constant value', event('a', 'b', '1', 1)],
    ['an escape, which only a parse can judge', event('\\x', 'b', '1')],
    ['a quote inside a value', event('a"b', 'b', '1')],
    ['a number that is none', event('a', 'b', '01')],
    ['no number', event('a', 'b', '')],
    ['a comma too many', event('a', 'b', '1').replace('":', '":,')],
    ['an end cut off', event('a', 'b', '1').slice(0, -1)],
    ['something behind its end', `${event('a', 'b', '1')}}`],
    ['nothing', ''],
  ])('leaves to a parse what has %s', (_, data) => {
    expect(template.matches(data)).toBe(false);
  });

  it('matches nothing before it was taught', () => {
    expect(new EventTemplate(['content']).matches('{}')).toBe(false);
  });

  it('learns anew when the shape changes, and stops learning what is never met again', () => {
    const changing = new EventTemplate(['content']);
    changing.learn('{"i":1,"content":"a"}');
    changing.learn('{"i":2,"content":"a"}');
    expect(changing.matches('{"i":2,"content":"b"}')).toBe(true);
    for (let i = 0; i < 100; i++) changing.learn(`{"i":${i},"content":"a"}`);
    expect(changing.matches('{"i":99,"content":"b"}')).toBe(false);
  });
});
