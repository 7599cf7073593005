/** What each program of the entry has to show, by the suite's classes. */

/** What is expected of one program. */
export interface Expected {
  /** What the mock plays. */
  readonly script: string;
  /** Operation names of the calls, in order. */
  readonly calls: readonly string[];
  /** Spans around the calls, by name. Absent: the class is none of an agent. */
  readonly steps?: readonly string[];
  /** Attributes that every call has, beside those that the conventions demand. */
  readonly attributes: readonly string[];
  /** Attributes of the first call: Anthropic's runner sends its tools only once, the rest is a thread. */
  readonly first?: readonly string[];
}

const AGENT = 'invoke_agent weather_assistant';
const TOOL = 'execute_tool get_current_weather';
const WORKFLOW = 'invoke_workflow conformance_workflow';

const request = (...names: string[]): string[] => names.map((name) => `gen_ai.request.${name}`);
const CONTENT = ['gen_ai.input.messages', 'gen_ai.output.messages'];
const SHORT = [...request('max_tokens', 'temperature'), ...CONTENT];
const STREAMED = ['gen_ai.request.stream', 'gen_ai.response.time_to_first_chunk'];

/** The sampling options that each API takes. */
const SAMPLING: Readonly<Record<string, readonly string[]>> = {
  openai: request('max_tokens', 'temperature', 'top_p', 'frequency_penalty', 'presence_penalty', 'stop_sequences', 'seed'),
  anthropic: request('max_tokens', 'temperature', 'top_p', 'top_k', 'stop_sequences'),
  'google-genai': request('max_tokens', 'temperature', 'top_p', 'top_k', 'frequency_penalty', 'presence_penalty', 'stop_sequences', 'seed'),
  bedrock: request('max_tokens', 'temperature', 'top_p', 'stop_sequences'),
};

const EMBEDDINGS: Readonly<Record<string, readonly string[]>> = {
  openai: [...request('encoding_formats'), 'gen_ai.embeddings.dimension.count'],
  'google-genai': ['gen_ai.embeddings.dimension.count'],
};

/** What a program has to show. Throws where the class is none that the library has. */
export function expectedOf(library: string, scenario: string): Expected {
  const call = library === 'google-genai' ? 'generate_content' : 'chat';
  const sampling = [...(SAMPLING[library] ?? []), ...CONTENT];
  const classes: Readonly<Record<string, Expected>> = {
    inference: { script: 'ok', calls: [call], attributes: sampling },
    streaming: { script: 'ok', calls: [call], attributes: [...sampling, ...STREAMED] },
    structured_output: { script: 'ok', calls: [call], attributes: [...SHORT, 'gen_ai.output.type'] },
    multimodal: { script: 'ok', calls: [call, call], attributes: SHORT },
    embeddings: { script: 'ok', calls: ['embeddings'], attributes: EMBEDDINGS[library] ?? [] },
    tool_calling: { script: 'ok_tool_call,ok', calls: [call, call], attributes: SHORT, first: ['gen_ai.tool.definitions'] },
    automatic_tool_calling: { script: 'ok_tool_call,ok', calls: [call, call], attributes: SHORT, first: ['gen_ai.tool.definitions'], ...(library in AUTOMATIC && { steps: AUTOMATIC[library] ?? [] }) },
    invoke_agent: { script: 'ok', calls: [call], attributes: SHORT, steps: [...(FRAMEWORKS[library] ?? []), AGENT] },
    workflow: { script: 'ok', calls: [call], attributes: SHORT, steps: [WORKFLOW] },
  };
  const expected = classes[scenario];
  if (expected === undefined) throw new RangeError(`no class is called ${scenario}`);
  return expected;
}

/** Frameworks, with what each has around every agent. */
const FRAMEWORKS: Readonly<Record<string, readonly string[]>> = { 'openai-agents': [WORKFLOW], langchain: [] };

/** What each library that executes tools has around its calls. */
const AUTOMATIC: Readonly<Record<string, readonly string[]>> = {
  'openai-agents': [WORKFLOW, AGENT, TOOL],
  langchain: [AGENT, TOOL],
  // Its tool runner has no name.
  anthropic: ['invoke_agent', TOOL],
  'google-genai': [TOOL],
};

/** Findings of the suite's rules that are right, by library, and why. */
export const FINDINGS: Readonly<Record<string, readonly RegExp[]>> = {
  // Converse answers with neither an id nor a model. The conventions demand a guardrail and a knowledge base of every call.
  bedrock: [/lacks gen_ai\.response\.(?:id|model)$/, /lacks aws\.bedrock\.(?:guardrail|knowledge_base)\.id$/],
  // The Gemini API answers embeddings with the vectors alone.
  'google-genai': [/'embeddings [^']+' lacks gen_ai\.(?:response\.model|usage\.input_tokens)$/],
};
