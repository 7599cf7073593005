import { expect, it } from 'vitest';
import { isKnownInside } from './exporters.ts';

class OTLPTraceExporter {
  readonly _delegate: object;

  constructor(delegate: object) {
    this._delegate = delegate;
  }
}

const KNOWN = new OTLPTraceExporter({ _transport: { _transport: { _parameters: { url: 'http://127.0.0.1:4318/v1/traces' } } } });
const MOVED = new OTLPTraceExporter({ sender: {} });

function providerWith(exporter: object): object {
  return { _activeSpanProcessor: { _spanProcessors: [{ _exporter: exporter }] } };
}

it.each([
  ['an OTLP exporter whose address can be read', providerWith(KNOWN), true],
  ['an OTLP exporter that keeps its address elsewhere', providerWith(MOVED), false],
  ['an exporter of another kind', providerWith({ send: () => undefined }), true],
  ['no processor', { _activeSpanProcessor: { _spanProcessors: [] } }, true],
  ['processors that are kept elsewhere', { processors: [{ _exporter: KNOWN }] }, false],
])('knows a provider with %s from within, or not', (_name, provider, known) => {
  expect(isKnownInside('trace', provider)).toBe(known);
});
