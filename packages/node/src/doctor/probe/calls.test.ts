import { expect, it } from 'vitest';
import { CallCount } from './calls.ts';
import type { ProbeRecord } from './record.ts';

it('writes each call down at once, and of many the sums', () => {
  const records: ProbeRecord[] = [];
  const count = new CallCount((record) => records.push(record));
  count.add({ kind: 'call', boundary: 'sdk', recorded: true });
  count.add({ kind: 'call', boundary: 'sdk', recorded: false });
  expect(records.at(-1)).toMatchObject({ calls: { sdk: { seen: 2, recorded: 1 }, inferred: { seen: 0 } } });
  for (let i = 0; i < 5_000; i++) count.add({ kind: 'call', boundary: 'inferred', recorded: true });
  expect(records).toHaveLength(1_000);
  count.write();
  count.write();
  expect(records).toHaveLength(1_001);
  expect(records.at(-1)).toMatchObject({ calls: { sdk: { seen: 2 }, inferred: { seen: 5_000, recorded: 5_000 } } });
});
