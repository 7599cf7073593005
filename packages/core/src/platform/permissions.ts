/** A permission of Deno's. */
export interface Permission {
  readonly name: 'env' | 'run';
  /** For `env`: one variable. */
  readonly variable?: string;
}

/** Whether Deno lets the process do something. Without permission Deno asks at the terminal, or throws. True on every other runtime. */
export function isGranted(permission: Permission): boolean {
  const permissions = member(Reflect.get(globalThis, 'Deno'), 'permissions');
  const query = member(permissions, 'querySync');
  return typeof query !== 'function' || member(Reflect.apply(query, permissions, [permission]), 'state') === 'granted';
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
