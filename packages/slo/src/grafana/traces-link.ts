import type { Model } from '../model/model.ts';
import { LABEL } from '../prometheus/series.ts';
import type { PanelLink } from './panel.ts';

/** What Jaeger marks spans of status ERROR with, as its search page takes it. */
const FAILED = encodeURIComponent('{"error":"true"}');

/**
 * From a point of a graph to the failed calls of its service in Jaeger. Only for series with the label of the service: Jaeger searches within one.
 * @returns nothing where the model does not say where Jaeger is
 */
export function failedTracesLink({ links: { jaeger } }: Model): { link?: PanelLink } {
  if (jaeger === undefined) return {};
  // Grafana's times are milliseconds, Jaeger's microseconds.
  const range = 'lookback=custom&start=${__from}000&end=${__to}000';
  return { link: { title: 'Failed calls of this service in Jaeger', url: `${jaeger}/search?service=\${__field.labels.${LABEL.service}:percentencode}&tags=${FAILED}&${range}` } };
}
