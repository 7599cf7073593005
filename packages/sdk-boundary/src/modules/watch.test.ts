import { describe, expect, it } from 'vitest';
import { canHookInThread } from './watch.ts';

describe('canHookInThread', () => {
  it.each(['22.22.3', '22.23.0', '24.11.1', '24.12.0', '24.21.0', '25.1.0', '25.9.0', '26.0.0', '26.10.0', '27.0.0-nightly20261130', '100.0.0'])('is true of %s', (version) => {
    expect(canHookInThread(version)).toBe(true);
  });

  it.each(['18.20.8', '20.19.0', '22.15.0', '22.22.2', '23.11.1', '24.0.0', '24.11.0', '25.0.0', '', 'next'])('is false of %o, whose hooks have a defect or are not there', (version) => {
    expect(canHookInThread(version)).toBe(false);
  });
});
