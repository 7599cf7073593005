import { diag, runtime } from '@outspan/core';
import type { OutspanConfig, OutspanInstrumentation } from '@outspan/core';
import { LangChainInstrumentation } from '@outspan/instrumentation-langchain';
import { CohereInstrumentation } from '@outspan/instrumentation-cohere';
import { GoogleGenAIInstrumentation } from '@outspan/instrumentation-google-genai';
import { FetchInstrumentation } from '@outspan/instrumentation-fetch';
import { HttpInstrumentation } from '@outspan/instrumentation-http';
import { AiSdkInstrumentation } from '@outspan/instrumentation-ai-sdk';
import { OllamaInstrumentation } from '@outspan/instrumentation-ollama';
import { MistralInstrumentation } from '@outspan/instrumentation-mistral';
import { OpenAIAgentsInstrumentation } from '@outspan/instrumentation-openai-agents';
import { AwsBedrockInstrumentation } from '@outspan/instrumentation-aws-bedrock';
import { McpInstrumentation } from '@outspan/instrumentation-mcp';
import { OpenAIInstrumentation } from '@outspan/instrumentation-openai';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import { SdkInstrumentation, type TestedRange } from '@outspan/sdk-boundary';
import { announceOtherVersion, processState } from './process-state.ts';

interface Instrumentations {
  readonly '@outspan/instrumentation-fetch': typeof FetchInstrumentation;
  readonly '@outspan/instrumentation-undici': typeof UndiciInstrumentation;
  readonly '@outspan/instrumentation-http': typeof HttpInstrumentation;
  readonly '@outspan/instrumentation-openai': typeof OpenAIInstrumentation;
  readonly '@outspan/instrumentation-langchain': typeof LangChainInstrumentation;
  readonly '@outspan/instrumentation-mcp': typeof McpInstrumentation;
  readonly '@outspan/instrumentation-google-genai': typeof GoogleGenAIInstrumentation;
  readonly '@outspan/instrumentation-ai-sdk': typeof AiSdkInstrumentation;
  readonly '@outspan/instrumentation-cohere': typeof CohereInstrumentation;
  readonly '@outspan/instrumentation-ollama': typeof OllamaInstrumentation;
  readonly '@outspan/instrumentation-mistral': typeof MistralInstrumentation;
  readonly '@outspan/instrumentation-openai-agents': typeof OpenAIAgentsInstrumentation;
  readonly '@outspan/instrumentation-aws-bedrock': typeof AwsBedrockInstrumentation;
}

/** Every instrumentation, in the order in which they start: what sees requests before what knows whose they are. */
const INSTRUMENTATIONS: Instrumentations = {
  '@outspan/instrumentation-fetch': FetchInstrumentation,
  '@outspan/instrumentation-undici': UndiciInstrumentation,
  '@outspan/instrumentation-http': HttpInstrumentation,
  '@outspan/instrumentation-openai': OpenAIInstrumentation,
  '@outspan/instrumentation-langchain': LangChainInstrumentation,
  '@outspan/instrumentation-mcp': McpInstrumentation,
  '@outspan/instrumentation-google-genai': GoogleGenAIInstrumentation,
  '@outspan/instrumentation-ai-sdk': AiSdkInstrumentation,
  '@outspan/instrumentation-cohere': CohereInstrumentation,
  '@outspan/instrumentation-ollama': OllamaInstrumentation,
  '@outspan/instrumentation-mistral': MistralInstrumentation,
  '@outspan/instrumentation-openai-agents': OpenAIAgentsInstrumentation,
  '@outspan/instrumentation-aws-bedrock': AwsBedrockInstrumentation,
};

/** The names of Outspan's instrumentation packages. */
export type InstrumentationName = keyof Instrumentations;

type ConfigsByName = { readonly [Name in InstrumentationName]?: NonNullable<ConstructorParameters<Instrumentations[Name]>[0]> };

/** Options for all instrumentations, and, by package name, for one of them in their place. */
export interface OutspanInstrumentationOptions extends OutspanConfig, ConfigsByName {}

/** On Node the channels of undici tell more of the same `fetch`. Bun and Deno have undici and `node:http` too, and a `fetch` of their own. */
const ALL: readonly InstrumentationName[] = Object.keys(INSTRUMENTATIONS).filter(isName).filter((name) => runtime() !== 'node' || name !== '@outspan/instrumentation-fetch');

function isName(key: string): key is InstrumentationName {
  return key in INSTRUMENTATIONS;
}

/** As auto-instrumentations-node shortens the names in its variables. */
function shortOf(name: InstrumentationName): string {
  return name.slice('@outspan/instrumentation-'.length);
}

function names(variable: string | undefined): ReadonlySet<string> {
  return new Set((variable ?? '').split(',').map((name) => name.trim()).filter((name) => name !== ''));
}

/**
 * Which instrumentations `OTEL_NODE_ENABLED_INSTRUMENTATIONS` and `OTEL_NODE_DISABLED_INSTRUMENTATIONS` leave on.
 * Names are short (`undici`, `openai`) or the packages' own. Names of other vendors' instrumentations are theirs to read.
 */
export function enabledInstrumentations(environment: Readonly<Record<string, string | undefined>>): readonly InstrumentationName[] {
  const enabled = names(environment['OTEL_NODE_ENABLED_INSTRUMENTATIONS']);
  const disabled = names(environment['OTEL_NODE_DISABLED_INSTRUMENTATIONS']);
  const isNamed = (set: ReadonlySet<string>, name: InstrumentationName): boolean => set.has(name) || set.has(shortOf(name));
  const left = ALL.filter((name) => (enabled.size === 0 || isNamed(enabled, name)) && !isNamed(disabled, name));
  if (left.length === 0) {
    diag.warn(
      `OTEL_NODE_ENABLED_INSTRUMENTATIONS and OTEL_NODE_DISABLED_INSTRUMENTATIONS leave none of ${ALL.map(shortOf).join(', ')} on: no LLM call is traced`,
    );
  }
  return left;
}

function create(name: InstrumentationName, config: OutspanConfig): OutspanInstrumentation | undefined {
  try {
    return new INSTRUMENTATIONS[name](config);
  } catch (error) {
    diag.error(`${name} could not start`, error);
    return undefined;
  }
}

/** What the instrumentations of SDKs cover, each with the one that does. */
export function sdkCoverage(): readonly { readonly instrumentation: InstrumentationName; readonly name: string; readonly tested: TestedRange }[] {
  return ALL.flatMap((instrumentation) => {
    const made = new INSTRUMENTATIONS[instrumentation]({ enabled: false });
    return made instanceof SdkInstrumentation ? made.covered.map(({ name, tested }) => ({ instrumentation, name, tested })) : [];
  });
}

function configOf(name: InstrumentationName, options: OutspanInstrumentationOptions): OutspanConfig {
  const shared = Object.fromEntries(Object.entries(options).filter(([key]) => !isName(key)));
  return { ...shared, ...options[name] };
}

/**
 * The live instrumentations, each created once per thread: a second caller gets the same ones (with its options applied),
 * since two of a kind would record every call twice.
 */
export function liveInstrumentations(enabled: readonly InstrumentationName[], options: OutspanInstrumentationOptions): OutspanInstrumentation[] {
  const { instrumentations } = processState();
  announceOtherVersion();
  const live: OutspanInstrumentation[] = [];
  for (const name of enabled) {
    const existing = instrumentations.get(name);
    const config = configOf(name, options);
    if (existing !== undefined && Object.keys(config).length > 0) existing.setConfig({ ...existing.getConfig(), ...config });
    const instrumentation = existing ?? create(name, config);
    if (instrumentation === undefined) continue;
    instrumentations.set(name, instrumentation);
    live.push(instrumentation);
  }
  return live;
}
