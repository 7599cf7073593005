import { describe, expect, it } from 'vitest';
import { checkEnvironment } from './check.ts';

describe('checkEnvironment', () => {
  it('reads choices and lists in any case, as the specification says', () => {
    const { values, complaints } = checkEnvironment({ OTEL_TRACES_EXPORTER: ' OTLP , Console ', OTEL_EXPORTER_OTLP_PROTOCOL: 'HTTP/JSON' });
    expect(values).toEqual({ OTEL_TRACES_EXPORTER: 'otlp,console', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' });
    expect(complaints).toEqual([]);
  });

  it('takes an empty value as unset', () => {
    expect(checkEnvironment({ OTEL_TRACES_EXPORTER: '', OTEL_EXPORTER_OTLP_ENDPOINT: '  ' })).toEqual({ values: {}, complaints: [] });
  });

  it('keeps the members of a list that make sense', () => {
    const { values, complaints } = checkEnvironment({ OTEL_PROPAGATORS: 'tracecontext,pigeon' });
    expect(values).toEqual({ OTEL_PROPAGATORS: 'tracecontext' });
    expect(complaints).toEqual([expect.stringContaining('"pigeon"')]);
  });

  it('translates the older names of detectors', () => {
    expect(checkEnvironment({ OTEL_NODE_RESOURCE_DETECTORS: 'env,os,serviceinstance' }).values).toEqual({ OTEL_NODE_RESOURCE_DETECTORS: 'service,host' });
  });

  it('takes the host and port that gRPC users write', () => {
    expect(checkEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }).complaints).toEqual([]);
  });

  it('repeats neither headers nor URLs, which may hold keys', () => {
    const { complaints } = checkEnvironment({ OTEL_EXPORTER_OTLP_HEADERS: 'sk-secret', OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://user:sk-secret@host' });
    expect(complaints).toHaveLength(2);
    expect(complaints.join()).not.toContain('sk-secret');
  });

  it.each(['NaN', 'Infinity', '-1', '1e999', 'ten', '\u0000'])('ignores %j where a number is due', (value) => {
    const { values, complaints } = checkEnvironment({ OTEL_BSP_MAX_QUEUE_SIZE: value });
    expect(values).toEqual({});
    expect(complaints).toHaveLength(1);
  });
});
