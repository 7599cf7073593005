// A short script: one failed call with three attempts, one log event, one count; then it ends by itself.
import { context, logs, metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

const tracer = trace.getTracer('test-app');
const operation = tracer.startSpan('chat gpt-5', {
  kind: SpanKind.CLIENT,
  attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-5' },
});
const inside = trace.setSpan(context.active(), operation);
for (const [number, status, errorClass, origin] of [
  [1, 502, 'bad_gateway', 'gateway'],
  [2, 502, 'bad_gateway', 'gateway'],
  [3, 200, 'truncated_response', 'network'],
]) {
  const attempt = tracer.startSpan('POST', { kind: SpanKind.CLIENT, attributes: { 'http.request.method': 'POST', 'outspan.attempt.number': number } }, inside);
  attempt.setAttributes({ 'http.response.status_code': status, 'outspan.error.class': errorClass, 'outspan.error.origin': origin, 'outspan.response.bytes_received': 512 });
  if (status === 200) attempt.setAttribute('outspan.response.truncation.kind', 'stream_unterminated');
  attempt.setStatus({ code: SpanStatusCode.ERROR });
  attempt.end();
}
operation.setAttributes({
  'gen_ai.usage.input_tokens': 12,
  'gen_ai.usage.output_tokens': 40,
  'gen_ai.response.finish_reasons': ['error'],
  'outspan.operation.boundary': 'sdk',
  'outspan.retry.count': 2,
  'outspan.retry.delay': 1,
  'outspan.error.class': 'truncated_response',
  'outspan.error.origin': 'network',
  'outspan.error.retryable': true,
  'outspan.response.truncation.kind': 'stream_unterminated',
  'outspan.provider.request_id': 'req_123',
});
operation.setStatus({ code: SpanStatusCode.ERROR });
operation.end();
metrics.getMeter('test-app').createCounter('outspan.client.operations').add(1);
logs.getLogger('test-app').emit({ eventName: 'gen_ai.client.operation.exception', body: 'cut' });
console.log('done');
