/** The attribute names that dialects read from bodies, as the GenAI conventions have them. */

export const REQUEST_MAX_TOKENS = 'gen_ai.request.max_tokens';
export const REQUEST_TEMPERATURE = 'gen_ai.request.temperature';
export const REQUEST_TOP_P = 'gen_ai.request.top_p';
export const REQUEST_TOP_K = 'gen_ai.request.top_k';
export const REQUEST_FREQUENCY_PENALTY = 'gen_ai.request.frequency_penalty';
export const REQUEST_PRESENCE_PENALTY = 'gen_ai.request.presence_penalty';
export const REQUEST_STOP_SEQUENCES = 'gen_ai.request.stop_sequences';
export const REQUEST_SEED = 'gen_ai.request.seed';
/** Only when it is not one. */
export const REQUEST_CHOICE_COUNT = 'gen_ai.request.choice.count';
export const REQUEST_REASONING_LEVEL = 'gen_ai.request.reasoning.level';
export const REQUEST_PREVIOUS_RESPONSE_ID = 'gen_ai.request.previous_response.id';
export const REQUEST_ENCODING_FORMATS = 'gen_ai.request.encoding_formats';
export const OUTPUT_TYPE = 'gen_ai.output.type';
export const CONVERSATION_ID = 'gen_ai.conversation.id';
export const PROMPT_NAME = 'gen_ai.prompt.name';
export const PROMPT_VERSION = 'gen_ai.prompt.version';
export const EMBEDDINGS_DIMENSION_COUNT = 'gen_ai.embeddings.dimension.count';
export const OPENAI_API_TYPE = 'openai.api.type';
/** Unless it is `auto`. */
export const OPENAI_REQUEST_SERVICE_TIER = 'openai.request.service_tier';
export const OPENAI_RESPONSE_SERVICE_TIER = 'openai.response.service_tier';
export const OPENAI_RESPONSE_SYSTEM_FINGERPRINT = 'openai.response.system_fingerprint';
export const AWS_BEDROCK_GUARDRAIL_ID = 'aws.bedrock.guardrail.id';
