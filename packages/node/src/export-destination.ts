import { destinationOf } from './last-export/destination.ts';
import { exportersOfProvider } from './last-export/exporters.ts';
import { providerOf } from './opentelemetry-globals.ts';

/** A URL without what may be secret in it: a password, and a key in its query. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)';
  const { protocol, host, pathname, search } = new URL(url);
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`;
}

/** Where spans go, for a reader. */
export function exportDestination(): string {
  const exporters = exportersOfProvider('trace', providerOf('trace'));
  const shown = exporters.map((exporter) => {
    const url = destinationOf(exporter, 'TRACES')?.()?.url;
    return url === undefined ? Object(exporter).constructor.name : shownUrl(url);
  });
  return shown.length === 0 ? 'nowhere: no exporter of traces is on' : shown.join(', ');
}
