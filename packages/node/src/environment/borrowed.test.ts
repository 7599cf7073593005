import { afterEach, expect, it } from 'vitest';
import { withVariables } from './borrowed.ts';

afterEach(() => {
  delete process.env['OUTSPAN_TEST_SET'];
});

it('shows other values while it runs and puts everything back, also after an error', () => {
  process.env['OUTSPAN_TEST_SET'] = 'before';
  const values = { OUTSPAN_TEST_SET: undefined, OUTSPAN_TEST_UNSET: 'during' };
  expect(withVariables(values, () => [process.env['OUTSPAN_TEST_SET'], process.env['OUTSPAN_TEST_UNSET']])).toEqual([undefined, 'during']);
  expect(() =>
    withVariables(values, () => {
      throw new Error('failed');
    }),
  ).toThrow('failed');
  expect(process.env['OUTSPAN_TEST_SET']).toBe('before');
  expect('OUTSPAN_TEST_UNSET' in process.env).toBe(false);
});
