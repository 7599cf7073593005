/** Signals, as the variables name them. */
const SIGNALS = ['TRACES', 'METRICS', 'LOGS'] as const;

type Values = Readonly<Record<string, string | undefined>>;

/**
 * Under `OUTSPAN_CONSOLE=tree` the tree is the backend, unless one was asked for: a signal is exported only if its
 * exporter or an endpoint for it is named. Returns the exporter variables to read in place of the user's.
 */
export function exportersBesideTree(values: Values): Record<string, string | undefined> {
  const exporters: Record<string, string | undefined> = {};
  for (const signal of SIGNALS) {
    const named = values[`OTEL_${signal}_EXPORTER`];
    const reachable = values[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`] ?? values['OTEL_EXPORTER_OTLP_ENDPOINT'];
    exporters[`OTEL_${signal}_EXPORTER`] = named ?? (reachable === undefined ? 'none' : 'otlp');
  }
  return exporters;
}
