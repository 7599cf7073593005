import type { Field } from './fields.ts';

/** A query as Honeycomb's API takes it, and what it is called on the board. */
export interface BoardQuery {
  readonly name: string;
  readonly description: string;
  readonly style: 'graph' | 'table' | 'combo';
  readonly query: {
    readonly calculations: readonly { readonly op: 'COUNT' | 'SUM' | 'MIN' | 'P50' | 'P95' | 'HEATMAP'; readonly column?: Field }[];
    readonly filters: readonly { readonly column: Field; readonly op: 'exists' | '='; readonly value?: boolean }[];
    readonly breakdowns: readonly Field[];
    readonly orders?: readonly { readonly op: 'COUNT' | 'SUM'; readonly column?: Field; readonly order: 'descending' }[];
    readonly limit?: number;
    readonly time_range: number;
  };
}

const DAY = 86_400;
const OPERATION = { column: 'outspan.operation.boundary', op: 'exists' } as const;
const FAILED = { column: 'outspan.error.class', op: 'exists' } as const;
const MOST_FIRST = [{ op: 'COUNT', order: 'descending' }] as const;

/** What the board shows below its SLOs. */
export const QUERIES: readonly BoardQuery[] = [
  {
    name: 'Failures by provider and class',
    description: 'Is it one provider or all? Cut-off answers count, though the application may have seen no error.',
    style: 'combo',
    query: { calculations: [{ op: 'COUNT' }], filters: [OPERATION, FAILED], breakdowns: ['gen_ai.provider.name', 'outspan.error.origin', 'outspan.error.class'], orders: MOST_FIRST, time_range: DAY },
  },
  {
    name: 'Failures by version',
    description: 'Is it a release of ours?',
    style: 'combo',
    query: { calculations: [{ op: 'COUNT' }], filters: [OPERATION, FAILED], breakdowns: ['service.name', 'service.version', 'outspan.error.class'], orders: MOST_FIRST, time_range: DAY },
  },
  {
    name: 'Operations by provider and model',
    description: 'What is asked of whom, and which model answers.',
    style: 'combo',
    query: { calculations: [{ op: 'COUNT' }], filters: [OPERATION], breakdowns: ['gen_ai.provider.name', 'gen_ai.request.model', 'gen_ai.response.model'], orders: MOST_FIRST, time_range: DAY },
  },
  {
    name: 'Duration',
    description: 'How long operations take, all their attempts included.',
    style: 'graph',
    query: { calculations: [{ op: 'HEATMAP', column: 'duration_ms' }, { op: 'P95', column: 'duration_ms' }], filters: [OPERATION], breakdowns: ['gen_ai.provider.name'], time_range: DAY },
  },
  {
    name: 'Time to first chunk',
    description: 'How long until a stream begins, in seconds.',
    style: 'graph',
    query: {
      calculations: [{ op: 'P50', column: 'gen_ai.response.time_to_first_chunk' }, { op: 'P95', column: 'gen_ai.response.time_to_first_chunk' }],
      filters: [OPERATION],
      breakdowns: ['gen_ai.provider.name', 'gen_ai.request.model'],
      time_range: DAY,
    },
  },
  {
    name: 'Cut-off answers',
    description: 'How answers were cut, and for whom. A token limit is no failure.',
    style: 'combo',
    query: { calculations: [{ op: 'COUNT' }], filters: [OPERATION, { column: 'outspan.response.truncated', op: '=', value: true }], breakdowns: ['gen_ai.provider.name', 'outspan.response.truncation.kind'], orders: MOST_FIRST, time_range: DAY },
  },
  {
    name: 'Retries',
    description: 'Attempts beyond the first, and seconds spent waiting for them.',
    style: 'combo',
    query: { calculations: [{ op: 'SUM', column: 'outspan.retry.count' }, { op: 'SUM', column: 'outspan.retry.delay' }], filters: [OPERATION], breakdowns: ['gen_ai.provider.name', 'service.name'], time_range: DAY },
  },
  {
    name: 'Tokens',
    description: 'Tokens of all operations, failed ones included.',
    style: 'graph',
    query: { calculations: [{ op: 'SUM', column: 'gen_ai.usage.input_tokens' }, { op: 'SUM', column: 'gen_ai.usage.output_tokens' }], filters: [OPERATION], breakdowns: ['gen_ai.provider.name', 'gen_ai.request.model'], time_range: DAY },
  },
  {
    name: 'Rate limits',
    description: "The least that remained, from the providers' headers.",
    style: 'graph',
    query: { calculations: [{ op: 'MIN', column: 'outspan.rate_limit.requests.remaining' }, { op: 'MIN', column: 'outspan.rate_limit.tokens.remaining' }], filters: [], breakdowns: ['server.address'], time_range: DAY },
  },
  {
    name: 'Request ids of failed calls',
    description: 'What a provider asks for when it is told of an incident.',
    style: 'table',
    query: { calculations: [{ op: 'COUNT' }], filters: [FAILED], breakdowns: ['outspan.provider.request_id', 'outspan.edge.location', 'outspan.error.class'], orders: MOST_FIRST, limit: 100, time_range: DAY },
  },
];
