const VARIABLE = 'OTEL_NODE_EXPERIMENTAL_SDK_METRICS';

/**
 * What makes the SDK count its own spans: started, exported, dropped because a queue was full (`otel.sdk.*`). It counts
 * nothing unless told to, and a loss that nobody counts is not seen. A value that is set is left as it is.
 */
export function selfObservation(environment: NodeJS.ProcessEnv): Readonly<Record<string, string | undefined>> {
  return { [VARIABLE]: environment[VARIABLE] ?? 'true' };
}
