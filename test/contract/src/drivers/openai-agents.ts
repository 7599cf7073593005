import { abortWhenPatternSays } from '../application/abort-timer.ts';
import type { LoadableModules } from '../application/modules.ts';
import { readStream } from '../application/read-stream.ts';
import { type CallSettings, type Driver, STREAM_PATTERNS, UNARY_PATTERNS } from './driver.ts';
import { QUESTION, TOOL } from './prompt.ts';

type Agents = LoadableModules['@openai/agents-20'];
type Module = '@openai/agents-3' | '@openai/agents-20';
type Api = 'responses' | 'chat_completions';

const DIALECTS: Readonly<Record<Api, Driver['dialect']>> = { responses: 'openai.responses', chat_completions: 'openai.chat' };

/** A runner and an agent with one tool, as far as tools are offered. */
function prepare(agents: Agents, api: Api, { apiKey, baseUrl, more, retries, timeoutMs, tools }: CallSettings, OpenAI: LoadableModules['openai-7']['OpenAI']) {
  const openAIClient = new OpenAI({ apiKey, baseURL: `${baseUrl}/v1`, maxRetries: retries, timeout: timeoutMs, ...(more && { defaultHeaders: more.headers }) });
  const modelProvider = new agents.OpenAIProvider({ openAIClient: openAIClient as never, useResponses: api === 'responses' });
  const weather = agents.tool({ name: TOOL.name, description: TOOL.description, parameters: { ...TOOL.parameters, additionalProperties: true }, strict: false, execute: () => 'sunny' });
  const agent = new agents.Agent({ name: 'assistant', model: 'gpt-4o-mini', toolUseBehavior: 'stop_on_first_tool', ...(tools && { tools: [weather] }) });
  return { runner: new agents.Runner({ modelProvider }), agent };
}

/** What the SDK gives random ids, or the time. */
function steadyEvent(event: unknown): unknown {
  return typeof event === 'object' && event !== null && 'type' in event ? { type: event.type, ...('name' in event && { name: event.name }) } : event;
}

interface Row {
  readonly name: string;
  readonly mode: Driver['mode'];
  readonly use: (agents: Agents, api: Api, settings: CallSettings, OpenAI: LoadableModules['openai-7']['OpenAI']) => Promise<void>;
}

const ROWS: readonly Row[] = [
  {
    name: 'run',
    mode: 'unary',
    async use(agents, api, settings, OpenAI) {
      const { runner, agent } = prepare(agents, api, settings, OpenAI);
      const promise = settings.observe.seen(runner.run(agent, QUESTION, { maxTurns: 1, signal: settings.caller.signal }));
      const result = settings.observe.seen(await promise);
      settings.observe.value('output', result.finalOutput);
    },
  },
  {
    name: 'run stream',
    mode: 'stream',
    async use(agents, api, settings, OpenAI) {
      const { runner, agent } = prepare(agents, api, settings, OpenAI);
      const promise = settings.observe.seen(runner.run(agent, QUESTION, { stream: true, maxTurns: 1, signal: settings.caller.signal }));
      const result = settings.observe.seen(await promise);
      const whole = await readStream(answer(result), settings, () => settings.caller.abort(), (event) => settings.observe.event(steadyEvent(event)));
      if (!whole) return;
      await result.completed;
      settings.observe.value('output', result.finalOutput);
    },
  },
];

/** The events from the answer's first on: what comes before it comes before the request. */
async function* answer(events: AsyncIterable<{ readonly type: string }>): AsyncGenerator<{ readonly type: string }> {
  for await (const event of events) if (event.type !== 'agent_updated_stream_event') yield event;
}

function driver(module: Module, api: Api, row: Row): Driver {
  return {
    id: `agents ${module.slice('@openai/agents-'.length)} ${row.name} ${api}`,
    library: '@openai/agents',
    application: 'sdks',
    modules: [module, 'openai-7'],
    dialect: DIALECTS[api],
    mode: row.mode,
    ...(api === 'chat_completions' && row.mode === 'stream' && { includeUsage: true }),
    boundary: { hooked: 'sdk', hookless: 'inferred' },
    attempts: (retries) => retries + 1,
    deadline: { head: 'own', body: row.mode === 'unary' ? 'own' : 'none' },
    patterns: row.mode === 'unary' ? UNARY_PATTERNS : STREAM_PATTERNS,
    async call(settings) {
      const agents = await settings.load(module);
      const { OpenAI } = await settings.load('openai-7');
      abortWhenPatternSays(settings);
      await row.use(agents, api, settings, OpenAI);
    },
  };
}

/** OpenAI's Agents SDK, over its own client. */
export const OPENAI_AGENTS_DRIVERS: readonly Driver[] = (['@openai/agents-3', '@openai/agents-20'] as const).flatMap((module) =>
  (['responses', 'chat_completions'] as const).flatMap((api) => ROWS.map((row) => driver(module, api, row))),
);
