/**
 * Runs `start` while `process.env` holds `values` for the given names (`undefined`: unset), and puts everything back.
 *
 * The SDK reads its variables from `process.env` while it is constructed and has no other way in for most of them.
 * `start` is synchronous, so the application never sees the difference.
 */
export function withVariables<T>(values: Readonly<Record<string, string | undefined>>, start: () => T): T {
  const before = new Map(Object.keys(values).map((name) => [name, process.env[name]] as const));
  const assign = (name: string, value: string | undefined): void => {
    if (value === undefined) delete process.env[name];
    else if (process.env[name] !== value) process.env[name] = value;
  };
  for (const [name, value] of Object.entries(values)) assign(name, value);
  try {
    return start();
  } finally {
    for (const [name, value] of before) assign(name, value);
  }
}
