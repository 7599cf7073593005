import { createNoopMeter, metrics } from '@opentelemetry/api';
import type { Meter, MeterProvider } from '@opentelemetry/api';
import { SCOPE_NAME, SCOPE_VERSION } from '../scope.ts';
import { createInstruments } from './instruments.ts';
import type { Instruments } from './instruments.ts';

/** The instruments of the meter provider in force: the application may register one at any time. */
export class InstrumentsInForce {
  readonly #given: () => MeterProvider | undefined;
  #seen: { readonly given?: MeterProvider | undefined; readonly global?: MeterProvider } = {};
  #instruments: Instruments | undefined;

  /** @param given the meter provider that the instrumentation was given, if any; else the global one is used */
  constructor(given: () => MeterProvider | undefined) {
    this.#given = given;
  }

  /** Undefined where there is nothing to record to. */
  get current(): Instruments | undefined {
    const given = this.#given();
    const global = metrics.getMeterProvider();
    if (given !== this.#seen.given || global !== this.#seen.global) {
      this.#seen = { given, global };
      const meter = meterOf(given) ?? meterOf(global);
      this.#instruments = meter && createInstruments(meter);
    }
    return this.#instruments;
  }
}

/** One scope for all packages: two would write the same series where a backend leaves scopes out, as Prometheus does. */
function meterOf(provider: MeterProvider | undefined): Meter | undefined {
  const meter = provider?.getMeter(SCOPE_NAME, SCOPE_VERSION);
  return meter === createNoopMeter() ? undefined : meter;
}
