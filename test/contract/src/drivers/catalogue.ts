import { AI_SDK_DRIVERS } from './ai-sdk.ts';
import { ANTHROPIC_DRIVERS } from './anthropic.ts';
import { AWS_BEDROCK_DRIVERS } from './aws-bedrock.ts';
import { AZURE_INFERENCE_DRIVERS } from './azure-inference.ts';
import type { Driver } from './driver.ts';
import { NODE_HTTP_DRIVERS } from './node-http.ts';
import { COHERE_DRIVERS } from './cohere.ts';
import { GOOGLE_GENAI_DRIVERS } from './google-genai.ts';
import { HUGGINGFACE_DRIVERS } from './huggingface.ts';
import { MISTRAL_DRIVERS } from './mistral.ts';
import { LANGCHAIN_DRIVERS } from './langchain.ts';
import { LLAMAINDEX_DRIVERS } from './llamaindex.ts';
import { OLLAMA_DRIVERS } from './ollama.ts';
import { OPENAI_AGENTS_DRIVERS } from './openai-agents.ts';
import { OPENAI_DRIVERS } from './openai.ts';
import { OPENAI_LIKE_DRIVERS } from './openai-likes.ts';
import { OPENROUTER_DRIVERS } from './openrouter.ts';
import { PLAIN_HTTP_DRIVERS } from './plain-http.ts';
import { REPLICATE_DRIVERS } from './replicate.ts';

/** Every way to make a call that is proven. */
export const DRIVERS: readonly Driver[] = [
  ...OPENAI_DRIVERS,
  ...ANTHROPIC_DRIVERS,
  ...GOOGLE_GENAI_DRIVERS,
  ...MISTRAL_DRIVERS,
  ...OPENROUTER_DRIVERS,
  ...HUGGINGFACE_DRIVERS,
  ...REPLICATE_DRIVERS,
  ...AZURE_INFERENCE_DRIVERS,
  ...LANGCHAIN_DRIVERS,
  ...LLAMAINDEX_DRIVERS,
  ...AI_SDK_DRIVERS,
  ...COHERE_DRIVERS,
  ...OLLAMA_DRIVERS,
  ...OPENAI_AGENTS_DRIVERS,
  ...AWS_BEDROCK_DRIVERS,
  ...PLAIN_HTTP_DRIVERS,
  ...NODE_HTTP_DRIVERS,
  ...OPENAI_LIKE_DRIVERS,
];

const BY_ID: ReadonlyMap<string, Driver> = new Map(DRIVERS.map((driver) => [driver.id, driver]));

/**
 * The driver of that id.
 * @throws RangeError when there is none
 */
export function driverById(id: string): Driver {
  const driver = BY_ID.get(id);
  if (driver === undefined) throw new RangeError(`there is no driver '${id}'`);
  return driver;
}
