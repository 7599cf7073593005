import { describe, expect, it } from 'vitest';
import { Stops } from './stops.ts';

describe('Stops', () => {
  it("takes an abort before the head for the SDK's timer, while no signal of the caller has fired", () => {
    const controller = new AbortController();
    const stops = new Stops(controller.signal);
    expect(stops.interpret('headers')).toBe('deadline');
    controller.abort();
    expect(stops.interpret('headers')).toBe('caller');
  });

  it("takes an abort in a body for the caller's, unless the SDK is reading it whole", () => {
    const stops = new Stops(undefined);
    expect(stops.interpret('body')).toBe('caller');
    stops.reading++;
    expect(stops.interpret('body')).toBe('deadline');
  });

  it("takes the caller's own timeout for a deadline", () => {
    const controller = new AbortController();
    const stops = new Stops(undefined);
    stops.add(controller.signal);
    controller.abort(new DOMException('late', 'TimeoutError'));
    expect(stops.interpret('body')).toBe('deadline');
    expect(stops.aborted()).toBe(controller.signal);
  });

  it('ignores what is no signal', () => {
    const stops = new Stops(undefined);
    stops.add({ aborted: 'yes' });
    stops.add(null);
    expect(stops.aborted()).toBeUndefined();
  });
});
