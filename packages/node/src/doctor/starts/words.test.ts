import { expect, it } from 'vitest';
import { commandsIn } from './words.ts';

it.each([
  ['node app.js', [['node', 'app.js']]],
  ['a && b || c ; d | e & f', [['a'], ['b'], ['c'], ['d'], ['e'], ['f']]],
  [String.raw`node "my app.js" 'it is' a\ b`, [['node', 'my app.js', 'it is', 'a b']]],
  [String.raw`X="a b" node -e "console.log(\"hi && ho\")"`, [['X=a b', 'node', '-e', 'console.log("hi && ho")']]],
  ['node $FILE ${OTHER:-x}', [['node', '$FILE', '${OTHER:-x}']]],
  ['', []],
])('splits %s as a shell does', (line, expected) => {
  expect(commandsIn(line).map((words) => words.map(({ text }) => text))).toEqual(expected);
});

it('knows where each word ends', () => {
  expect(commandsIn('X=1 "node" app.js')[0]?.map(({ end }) => end)).toEqual([3, 10, 17]);
});
