/** A host pattern that can be asked. */
export type HostPattern = { readonly exact: string } | { readonly before: string; readonly after: string };

const PATTERN = /^[a-z0-9.*-]{1,253}$/;

/** Reads a pattern, or says what is wrong with it. */
export function readHostPattern(pattern: string): HostPattern | { readonly wrong: string } {
  if (pattern !== pattern.toLowerCase()) return { wrong: `the host ${quote(pattern)} is not in lower case` };
  if (pattern.includes(':') || pattern.includes('/')) return { wrong: `the host ${quote(pattern)} has a scheme, port or path; give the host name alone` };
  if (!PATTERN.test(pattern)) return { wrong: `the host ${quote(pattern)} is not a host name` };
  const [before = '', after, ...more] = pattern.split('*');
  if (after === undefined) return { exact: pattern };
  if (more.length > 0) return { wrong: `the host ${quote(pattern)} has more than one *` };
  // A bare `*` or `*.com` would take every host for this provider, and public ones get no trace context.
  if (after.split('.').filter((label) => label !== '').length < 2) return { wrong: `the host ${quote(pattern)} must end in two names at least after its *` };
  return { before, after };
}

/** Whether the host, in lower case and without port, fits. The `*` stands for one character at least. */
export function fitsHost(pattern: HostPattern, host: string): boolean {
  if ('exact' in pattern) return host === pattern.exact;
  return host.length > pattern.before.length + pattern.after.length && host.startsWith(pattern.before) && host.endsWith(pattern.after);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
