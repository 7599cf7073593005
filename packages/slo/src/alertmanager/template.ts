import { FAULT_LABEL } from '../alerts/catalogue.ts';
import { FAULTS } from '../alerts/faults.ts';
import type { Figures } from '../alerts/figures.ts';
import { TITLED_LABELS, titleOf } from '../alerts/label-titles.ts';
import { TRACES } from '../alerts/links.ts';

/** Names of the templates that receivers use: `{{ template "outspan.subject" . }}`. */
export const TEMPLATE = { subject: 'outspan.subject', text: 'outspan.text' } as const;

/** Alerts of one notification that are written out; the rest is only counted. */
const ALERTS_SHOWN = 10;

/** Annotations with figures, a line each. */
const FIGURES = ['failures', 'spread', 'budget'] as const satisfies readonly (keyof Figures)[];

/** Annotations with a place to go to next. */
const LINKS: readonly (readonly [title: string, annotation: string])[] = [
  ['Runbook', 'runbook_url'],
  ['Dashboard', 'dashboard_url'],
  ...TRACES.map((annotation) => ['Traces', annotation] as const),
];

/**
 * The notification templates. Label values come from outside: they are cut to a length, kept on one line, and lose the bracket by which a chat
 * service knows a mention or a link.
 */
export function notificationTemplate(): string {
  return `{{/* Outspan's notifications: what fails, whose move it is, and where to look. */}}

{{ define "outspan.line" }}{{ printf "%.160s" (${plain('.')}) }}{{ end }}

{{ define "outspan.paragraph" }}{{ printf "%.2000s" (${plain('.')}) }}{{ end }}

{{ define "outspan.url" }}{{ printf "%.2000s" (reReplaceAll "[[:cntrl:]\\\\s<>]+" "" .) }}{{ end }}

{{ define "outspan.fault" }}{{ ${choose(({ title }) => title, 'LLM calls')} }}{{ end }}

{{ define "outspan.move" }}{{ ${choose(({ move }) => move, '')} }}{{ end }}

{{ define "outspan.what" }}{{ if .Annotations.summary }}{{ template "outspan.line" .Annotations.summary }}{{ else }}{{ template "outspan.line" .Labels.alertname }}{{ end }}{{ end }}

{{ define "${TEMPLATE.subject}" }}{{ if eq .Status "firing" }}[{{ if .CommonLabels.severity }}{{ template "outspan.line" .CommonLabels.severity }}{{ else }}alert{{ end }}]{{ else }}[resolved]{{ end }} {{ template "outspan.fault" .CommonLabels.${FAULT_LABEL} }}: {{ $alerts := .Alerts.Resolved }}{{ if eq .Status "firing" }}{{ $alerts = .Alerts.Firing }}{{ end }}{{ $more := 0 }}{{ range $index, $alert := $alerts }}{{ if eq $index 0 }}{{ template "outspan.what" $alert }}{{ else }}{{ $more = $index }}{{ end }}{{ end }}{{ if $more }} (+{{ $more }} more){{ end }}{{ end }}

{{ define "outspan.alert" }}{{ template "outspan.what" . }}
{{ if .Annotations.description }}{{ template "outspan.paragraph" .Annotations.description }}
{{ end }}${FIGURES.map((name) => `{{ if .Annotations.${name} }}{{ template "outspan.paragraph" .Annotations.${name} }}\n{{ end }}`).join('')}${TITLED_LABELS.map((label) => `{{ if .Labels.${label} }}${titleOf(label)}: {{ template "outspan.line" .Labels.${label} }}\n{{ end }}`).join('')}{{ if .Annotations.also }}Also firing: {{ template "outspan.line" .Annotations.also }}
{{ end }}Since: {{ .StartsAt.UTC.Format "2006-01-02 15:04:05 UTC" }}
${LINKS.map(([title, annotation]) => `{{ if .Annotations.${annotation} }}${title}: {{ template "outspan.url" .Annotations.${annotation} }}\n{{ end }}`).join('')}{{ end }}

{{ define "outspan.list" }}{{ range $index, $alert := . }}{{ if lt $index ${ALERTS_SHOWN} }}
{{ template "outspan.alert" $alert }}{{ else if eq $index ${ALERTS_SHOWN} }}
… and more: see Alertmanager.
{{ end }}{{ end }}{{ end }}

{{ define "${TEMPLATE.text}" }}{{ if .Alerts.Firing }}{{ template "outspan.move" .CommonLabels.${FAULT_LABEL} }}
{{ template "outspan.list" .Alerts.Firing }}{{ end }}{{ if .Alerts.Resolved }}
Resolved:
{{ template "outspan.list" .Alerts.Resolved }}{{ end }}{{ end }}
`;
}

/** The inside of a template action that makes a text one line in which chat services read no mention and no link. */
function plain(text: string): string {
  return `reReplaceAll "<([!@#[:alpha:]])" "‹$1" (reReplaceAll "[[:cntrl:]\\\\s]+" " " ${text})`;
}

/** The inside of a template action that turns a fault into text. */
function choose(text: (fault: (typeof FAULTS)[keyof typeof FAULTS]) => string, otherwise: string): string {
  const branches = Object.entries(FAULTS).map(([name, fault]) => `eq . "${name}" }}${text(fault)}{{ `);
  return `if ${branches.join('else if ')}else }}${otherwise}{{ end`;
}
