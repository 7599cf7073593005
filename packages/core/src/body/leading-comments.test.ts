import { expect, it } from 'vitest';
import { encodeUtf8 } from '../platform/bytes.ts';
import { LeadingComments } from './leading-comments.ts';

it.each([
  [[': PROCESSING\n\n', ': PROCESSING\r\n\r\n', 'data: {}'], [true, true, false]],
  [[': PRO', 'CESSING', '\n', '\n', ':', ' x: y\ndata'], [true, true, true, true, true, false]],
  [['\n\n'], [true]],
  [['data: {"a":1}\n\n: x'], [false]],
  [['{"id":'], [false]],
  [[''], [true]],
])('finds comments in %j, however they are split', (chunks, expected) => {
  const comments = new LeadingComments();
  expect(chunks.map((chunk) => comments.hasOnly(encodeUtf8(chunk)))).toEqual(expected);
});
