/** Fields of spans that the objectives and the board read, with the type that Honeycomb gives them. */
export const FIELDS = {
  'service.name': 'string',
  'service.version': 'string',
  'deployment.environment.name': 'string',
  'gen_ai.operation.name': 'string',
  'gen_ai.provider.name': 'string',
  'gen_ai.request.model': 'string',
  'gen_ai.response.model': 'string',
  'gen_ai.response.time_to_first_chunk': 'float',
  'gen_ai.usage.input_tokens': 'integer',
  'gen_ai.usage.output_tokens': 'integer',
  'server.address': 'string',
  duration_ms: 'float',
  'outspan.operation.boundary': 'string',
  'outspan.operation.cancelled': 'boolean',
  'outspan.error.class': 'string',
  'outspan.error.origin': 'string',
  'outspan.response.truncated': 'boolean',
  'outspan.response.truncation.kind': 'string',
  'outspan.retry.count': 'integer',
  'outspan.retry.delay': 'float',
  'outspan.rate_limit.requests.limit': 'integer',
  'outspan.rate_limit.requests.remaining': 'integer',
  'outspan.rate_limit.tokens.limit': 'integer',
  'outspan.rate_limit.tokens.remaining': 'integer',
  'outspan.provider.request_id': 'string',
  'outspan.edge.location': 'string',
} as const;

export type Field = keyof typeof FIELDS;

/** What a Prometheus label is called on spans. Labels of the user's own are taken as they are: an attribute without dots. */
export function fieldOf(label: string): string {
  return Object.keys(FIELDS).find((field) => field.replaceAll('.', '_') === label) ?? label;
}
