import { isGranted } from './permissions.ts';

/** The environment variables, where the runtime has any, and as far as they may be read. */
export function environment(): Readonly<Record<string, string | undefined>> {
  const variables: Readonly<Record<string, string | undefined>> = globalThis.process?.env ?? {};
  if (isGranted({ name: 'env' })) return variables;
  return new Proxy({}, { get: (_, name) => (typeof name === 'string' && isGranted({ name: 'env', variable: name }) ? variables[name] : undefined) });
}
