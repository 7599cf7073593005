import type { MeterProvider } from '@opentelemetry/api';
import { meterProvider } from '../../opentelemetry/providers.ts';
import { SCOPE_NAME, SCOPE_VERSION } from '../scope.ts';
import { createInstruments } from './instruments.ts';
import type { Instruments } from './instruments.ts';

/** The instruments of the meter provider in force: the application may register one at any time. */
export class InstrumentsInForce {
  readonly #given: () => MeterProvider | undefined;
  #provider: MeterProvider | undefined;
  #instruments: Instruments | undefined;

  /** @param given the meter provider that the instrumentation was given, if any */
  constructor(given: () => MeterProvider | undefined) {
    this.#given = given;
  }

  /** Undefined where there is nothing to record to. */
  get current(): Instruments | undefined {
    const provider = meterProvider(this.#given());
    if (provider !== this.#provider) {
      this.#provider = provider;
      // One scope for all packages: two would write the same series where a backend leaves scopes out, as Prometheus does.
      this.#instruments = provider && createInstruments(provider.getMeter(SCOPE_NAME, SCOPE_VERSION));
    }
    return this.#instruments;
  }
}
