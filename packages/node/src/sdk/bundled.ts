// In CommonJS, which bundlers follow; in an ES module there is none.
declare const require: NodeJS.Require | undefined;

/** The SDK that a bundler has put beside this package; undefined where it has not. */
export function bundledSdk(): unknown {
  try {
    return typeof require === 'function' ? require('@opentelemetry/sdk-node') : undefined;
  } catch {
    return undefined;
  }
}
