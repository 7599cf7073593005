/**
 * Pieces of Prometheus' templates for annotations. Label values come from outside and may hold anything: each piece says where it may stand.
 */

/** Text as it is, also where it looks like a template; on one line. */
export function literal(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Surrogate}\u2028\u2029\uFEFF\uFFFE\uFFFF]+/gu, ' ').replaceAll('{{', '{{ "{{" }}');
}

/** A label's value in a sentence: in quotes, on one line, not longer than a line. */
export function shown(label: string): string {
  return `{{ printf "%.100q" $labels.${label} }}`;
}

/** A matcher for the alert's own value of a label. Go and PromQL write strings alike. */
export function same(label: string): string {
  return `${label}={{ printf "%q" $labels.${label} }}`;
}

/** `prefix` and a label's value as a part of a URL's query; nothing where the alert has no such label. */
export function inUrl(prefix: string, label: string): string {
  return `{{ with $labels.${label} }}${prefix}{{ . | urlquery }}{{ end }}`;
}

/** The alert's value. */
export const VALUE = { share: '{{ $value | humanizePercentage }}', number: '{{ $value | humanize }}' } as const;
