import type { Attributes, Counter, UpDownCounter } from '@opentelemetry/api';
import { meterProvider } from '@outspan/core';
import manifest from '../../package.json' with { type: 'json' };

/**
 * What an exporter has done and has still to do, by the names that the conventions have for it: `otel.sdk.exporter.*`.
 * The SDK counts up to its processors only, which have done their part when the exporter has a batch.
 */
export class ExportCounts {
  readonly #inflight: UpDownCounter | undefined;
  readonly #exported: Counter | undefined;
  readonly #component: Attributes;

  /** @param signal as the conventions spell it: `span` */
  constructor(signal: 'span' | 'log', protocol: 'http' | 'grpc') {
    const meter = meterProvider()?.getMeter(manifest.name, manifest.version);
    const unit = signal === 'span' ? '{span}' : '{log_record}';
    this.#inflight = meter?.createUpDownCounter(`otel.sdk.exporter.${signal}.inflight`, { unit, description: 'What was passed to the exporter and is neither exported nor lost' });
    this.#exported = meter?.createCounter(`otel.sdk.exporter.${signal}.exported`, { unit, description: 'What was exported, or was lost by an error' });
    const type = `otlp_${protocol}_${signal}_exporter`;
    this.#component = { 'otel.component.type': type, 'otel.component.name': `${type}/0` };
  }

  /**
   * Counts as many that come.
   *
   * @returns to be called with the name of an error where they are lost
   */
  begin(items: number): (errorType?: string) => void {
    this.#inflight?.add(items, this.#component);
    return (errorType) => {
      this.#inflight?.add(-items, this.#component);
      this.#exported?.add(items, { ...this.#component, ...(errorType !== undefined && { 'error.type': errorType }) });
    };
  }
}
