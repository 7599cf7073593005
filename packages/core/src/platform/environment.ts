/** The environment variables, where the runtime has any. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return globalThis.process?.env ?? {};
}
