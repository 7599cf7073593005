import { LABEL } from '../prometheus/series.ts';

/** What people call the labels that alerts and SLOs are told apart by. */
const TITLES: Readonly<Record<string, string>> = {
  [LABEL.provider]: 'Provider',
  [LABEL.model]: 'Model',
  [LABEL.servedModel]: 'Served model',
  [LABEL.address]: 'Address',
  [LABEL.service]: 'Service',
  [LABEL.version]: 'Version',
  [LABEL.environment]: 'Environment',
  [LABEL.operation]: 'Operation',
  [LABEL.subject]: 'Rate limit',
  [LABEL.slo]: 'SLO',
};

/** A label in words; one that nobody named, as it is. */
export function titleOf(label: string): string {
  return TITLES[label] ?? label;
}

/** The labels with a title, in the order in which a page names them. */
export const TITLED_LABELS: readonly string[] = Object.keys(TITLES);
