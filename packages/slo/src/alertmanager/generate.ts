import { Document, isNode } from 'yaml';
import type { Model, Severity } from '../model/model.ts';
import type { Generator } from '../outputs/output-file.ts';
import { is, isNot, oneOf, type Matcher } from '../prometheus/promql.ts';
import { LABEL } from '../prometheus/series.ts';
import { inhibitions, type Inhibition } from './inhibitions.ts';
import { RECEIVER, routes, silences } from './routes.ts';
import { notificationTemplate, TEMPLATE } from './template.ts';

const SEVERITIES: readonly Severity[] = ['page', 'ticket'];

/** Alertmanager's configuration and its notification templates. Both belong into one folder. */
export const alertmanagerFiles: Generator = (model) => [
  { path: 'alertmanager/alertmanager.yaml', text: configuration(model) },
  { path: 'alertmanager/outspan.tmpl', text: notificationTemplate() },
];

function configuration(model: Model): string {
  const document = new Document(
    {
      templates: ['outspan.tmpl'],
      route: routes(model),
      inhibit_rules: inhibitions(model).map(inhibitRule),
      receivers: [...SEVERITIES.map((severity) => receiver(model, severity)), { name: RECEIVER.other }, ...(silences(model) ? [{ name: RECEIVER.none }] : [])],
    },
    // The same list of labels in two places is two lists to a reader, not an anchor and its alias.
    { aliasDuplicateObjects: false },
  );
  document.commentBefore = ' Alertmanager for @outspan/slo: an incident notifies once, as what it is.\n Made from the model file: change that, not this.';
  comment(document, ['route', 'routes', 0], " All of Outspan's alerts. To use an Alertmanager that you have, move this route and inhibit_rules into its configuration.");
  comment(document, ['inhibit_rules', 0], ' A cause silences its symptoms. A ticket never silences a page.');
  for (const [index, severity] of SEVERITIES.entries()) {
    if (model.receivers[severity].webhook === undefined) comment(document, ['receivers', index], receiverHint(severity));
  }
  comment(document, ['receivers', SEVERITIES.length], ' What is not from Outspan.');
  return document.toString({ lineWidth: 0 });
}

function comment(document: Document, path: readonly (string | number)[], text: string): void {
  const node = document.getIn(path, true);
  if (isNode(node)) node.commentBefore = text;
}

function receiverHint(severity: Severity): string {
  return ` Where a ${severity} goes: nowhere yet. Set receivers.${severity}.webhook in the model file, or add what Alertmanager offers:
   slack_configs:
     - channel: '#on-call'
       send_resolved: true
       title: '{{ template "${TEMPLATE.subject}" . }}'
       text: '{{ template "${TEMPLATE.text}" . }}'`;
}

function receiver({ receivers }: Model, severity: Severity): object {
  const { webhook } = receivers[severity];
  if (webhook === undefined) return { name: RECEIVER[severity] };
  return { name: RECEIVER[severity], webhook_configs: [{ url: literalUrl(webhook), send_resolved: true }] };
}

/** Alertmanager runs a URL as a template. */
function literalUrl(url: string): string {
  return url.replaceAll('{', '%7B').replaceAll('}', '%7D');
}

function inhibitRule({ source, where, targets, severity, slos, equal }: Inhibition): object {
  return {
    source_matchers: [oneOf('alertname', [source]), ...severityMatcher(severity?.source), ...Object.entries(where).map(([label, values]) => oneOf(label, values))],
    target_matchers: [oneOf('alertname', targets), ...severityMatcher(severity?.target), ...(slos === undefined ? [] : [oneOf(LABEL.slo, slos)])],
    ...(equal.length > 0 && { equal }),
  };
}

function severityMatcher(severity: 'page' | 'less' | undefined): readonly Matcher[] {
  return severity === undefined ? [] : [severity === 'page' ? is('severity', 'page') : isNot('severity', 'page')];
}
