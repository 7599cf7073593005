import type { ExportSetting } from '../ask.ts';
import type { Check } from '../finding.ts';

/** Backends must take what is sent. */
export const backend: Check<{ readonly exports: readonly ExportSetting[] }> = {
  name: 'backend',
  find: ({ exports }) =>
    exports.filter(({ answers }) => answers === false).map(({ signal, url, reason }) => ({ severity: 'problem', says: `${signal} do not arrive at ${url}: ${reason}`, fix: 'Start the backend, or change OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS.' })),
};
