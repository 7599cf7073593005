/** In every prompt, so that content that leaks is found. */
export const PROMPT_CANARY = 'PROMPT-CANARY-5d1e';
/** What is asked. */
export const QUESTION: string = `What is the capital of France? ${PROMPT_CANARY}`;
/** The one tool that is offered. */
export const TOOL: ToolDeclaration = {
  name: 'get_weather',
  description: 'Current weather of a city',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, unit: { type: 'string' } },
    required: ['city', 'unit'],
    additionalProperties: false,
  },
};

interface ToolDeclaration {
  readonly name: string;
  readonly description: string;
  readonly parameters: {
    readonly type: 'object';
    readonly properties: Record<string, { readonly type: 'string' }>;
    readonly required: string[];
    readonly additionalProperties: false;
  };
}
