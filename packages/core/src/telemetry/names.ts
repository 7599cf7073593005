/**
 * Every attribute name that spans carry beside those a dialect reads from a body
 * (`dialects/attribute-names.ts`). OpenTelemetry's own first, ours only for what has no name there.
 */
export const ATTR = {
  errorType: 'error.type',
  serverAddress: 'server.address',
  serverPort: 'server.port',

  operationName: 'gen_ai.operation.name',
  providerName: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  requestStream: 'gen_ai.request.stream',
  responseId: 'gen_ai.response.id',
  responseModel: 'gen_ai.response.model',
  finishReasons: 'gen_ai.response.finish_reasons',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  usageInput: 'gen_ai.usage.input_tokens',
  usageOutput: 'gen_ai.usage.output_tokens',
  usageReasoning: 'gen_ai.usage.reasoning.output_tokens',
  usageCacheRead: 'gen_ai.usage.cache_read.input_tokens',
  usageCacheWrite: 'gen_ai.usage.cache_write.input_tokens',
  systemInstructions: 'gen_ai.system_instructions',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  toolDefinitions: 'gen_ai.tool.definitions',
  conversationId: 'gen_ai.conversation.id',
  workflowName: 'gen_ai.workflow.name',
  agentName: 'gen_ai.agent.name',
  agentDescription: 'gen_ai.agent.description',
  agentId: 'gen_ai.agent.id',
  agentVersion: 'gen_ai.agent.version',
  toolName: 'gen_ai.tool.name',
  toolType: 'gen_ai.tool.type',
  toolDescription: 'gen_ai.tool.description',
  toolCallId: 'gen_ai.tool.call.id',
  toolArguments: 'gen_ai.tool.call.arguments',
  toolResult: 'gen_ai.tool.call.result',

  httpMethod: 'http.request.method',
  httpStatus: 'http.response.status_code',
  httpResendCount: 'http.request.resend_count',
  urlFull: 'url.full',
  urlPath: 'url.path',
  urlQuery: 'url.query',

  boundary: 'outspan.operation.boundary',
  cancelled: 'outspan.operation.cancelled',
  interrupted: 'outspan.operation.interrupted',
  retryCount: 'outspan.retry.count',
  retryDelay: 'outspan.retry.delay',
  attemptNumber: 'outspan.attempt.number',
  errorClass: 'outspan.error.class',
  errorOrigin: 'outspan.error.origin',
  errorRetryable: 'outspan.error.retryable',
  errorPhase: 'outspan.error.phase',
  truncated: 'outspan.response.truncated',
  truncationKind: 'outspan.response.truncation.kind',
  bytesReceived: 'outspan.response.bytes_received',
  bytesExpected: 'outspan.response.bytes_expected',
  invalidToolCalls: 'outspan.response.tool_calls.invalid',
  providerRequestId: 'outspan.provider.request_id',
  providerProcessingTime: 'outspan.provider.processing_time',
  edgeLocation: 'outspan.edge.location',
  retryAfter: 'outspan.retry_after',
} as const;

/** The event (log record) of a failed operation. */
export const EVENT_OPERATION_EXCEPTION = 'gen_ai.client.operation.exception';
/** The event (log record) that carries an operation's content. */
export const EVENT_OPERATION_DETAILS = 'gen_ai.client.inference.operation.details';
