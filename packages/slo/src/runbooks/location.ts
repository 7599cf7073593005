import type { AlertName } from '../alerts/catalogue.ts';
import type { Model } from '../model/model.ts';

/** An alert's runbook among the generated files. */
export function runbookPath(alert: AlertName): string {
  return `runbooks/${alert}.md`;
}

/** Where the on-call engineer finds it. */
export function runbookUrl({ links }: Pick<Model, 'links'>, alert: AlertName): string {
  return `${links.runbooks}/${alert}.md`;
}
