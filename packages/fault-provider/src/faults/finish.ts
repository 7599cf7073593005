import { HALF_ARGUMENTS } from '../dialects/answer.ts';
import { plainReply, proseAnswer, textAnswer } from './answers.ts';
import { defineFault } from './define.ts';
import { BEDROCK, type Fault, FINISHING, MODES } from './fault.ts';
import { HEALTHY, SERVER_ERROR } from './judgements.ts';

/** Gemini, Ollama and Cohere's older chat have no half arguments; Anthropic and Bedrock have them in streams only, where they are text. */
const HALF_TOOL = {
  dialects: ['openai.chat', 'openai.responses', 'anthropic.messages', ...BEDROCK, 'cohere.chat', 'ai_gateway.language_model'],
  modes: MODES,
  except: (['anthropic.messages', ...BEDROCK] as const).map((dialect) => ({ dialect, mode: 'unary' as const })),
} as const;

/** Answers that come whole and say of themselves that something ended them, or went wrong. */
export const FINISH_FAULTS: readonly Fault[] = [
  defineFault({
    id: 'token_limit',
    title: 'The token budget ends the answer, and its finish reason says so.',
    applies: { dialects: FINISHING, modes: MODES },
    judgement: { failed: false, truncation: ['token_limit'] },
    play: (call, dialect) => plainReply({ ...textAnswer(call), finish: 'length' }, call, dialect),
  }),
  defineFault({
    id: 'content_filter_finish',
    aliases: ['content_filter'],
    title: 'The filter ends the answer in a 200, and its finish reason says so.',
    // Cohere's newer chat and Ollama have no word for it.
    applies: { dialects: ['openai.chat', 'openai.responses', 'anthropic.messages', 'gemini.generate_content', 'cohere.v1_chat'], modes: MODES },
    judgement: HEALTHY,
    play: (call, dialect) => plainReply({ ...textAnswer(call), finish: 'filter' }, call, dialect),
  }),
  defineFault({
    id: 'prompt_blocked',
    title: 'Gemini refuses the prompt in a 200: feedback in place of candidates.',
    applies: { dialects: ['gemini.generate_content'], modes: MODES },
    judgement: HEALTHY,
    play: (call, dialect) => plainReply({ text: [], finish: 'prompt_blocked' }, call, dialect),
  }),
  defineFault({
    id: 'tool_arguments_cut_by_token_limit',
    aliases: ['tool_half_length'],
    title: 'The token budget ends the answer inside the arguments of a tool call, and its finish reason says so.',
    applies: HALF_TOOL,
    judgement: { failed: false, truncation: ['token_limit', 'tool_arguments_incomplete'], invalidToolCalls: 1 },
    play: (call, dialect) => plainReply({ text: [], toolCall: { json: HALF_ARGUMENTS }, finish: 'length' }, call, dialect),
  }),
  defineFault({
    id: 'tool_arguments_half_claimed_whole',
    aliases: ['tool_half'],
    title: 'Half of the arguments of a tool call, under a finish reason that claims that they are whole.',
    applies: HALF_TOOL,
    judgement: { failed: true, class: 'invalid_tool_call', origin: 'provider', retryable: true, invalidToolCalls: 1 },
    sdk: 'silent',
    play: (call, dialect) => plainReply({ text: [], toolCall: { json: HALF_ARGUMENTS }, finish: 'tool' }, call, dialect),
  }),
  defineFault({
    id: 'malformed_function_call',
    title: 'Gemini says by its finish reason that the model wrote no valid tool call; the call itself is not sent.',
    applies: { dialects: ['gemini.generate_content'], modes: MODES },
    judgement: { failed: true, class: 'invalid_tool_call', origin: 'provider', retryable: true, invalidToolCalls: 1 },
    sdk: 'silent',
    play: (call, dialect) => plainReply({ text: [], finish: 'malformed_tool' }, call, dialect),
  }),
  defineFault({
    id: 'output_not_json',
    title: 'Prose in place of the JSON that the request asked for, under a finish reason that claims that it is whole.',
    applies: { dialects: FINISHING, modes: MODES, structured: true },
    judgement: { failed: true, class: 'invalid_output', origin: 'provider', retryable: true },
    sdk: 'silent',
    play: (call, dialect) => plainReply(proseAnswer(call), call, dialect),
  }),
  defineFault({
    id: 'response_failed',
    title: 'The provider says in a 200, at the proper end of the answer, that it failed.',
    applies: { dialects: ['openai.responses', 'cohere.chat', 'cohere.v1_chat', 'replicate.predictions'], modes: MODES },
    judgement: SERVER_ERROR,
    sdk: 'silent',
    play: (call, dialect) => plainReply({ ...textAnswer(call), finish: 'failed' }, call, dialect),
  }),
];
