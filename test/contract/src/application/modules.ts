import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

/** How the application gets its modules. */
export type ModuleForm = 'esm' | 'cjs';

/** What drivers load. Versions of one SDK are used through the surface that they share, as the newest one's types describe it. */
export interface LoadableModules {
  readonly 'openai-5': typeof import('openai-7');
  readonly 'openai-6': typeof import('openai-7');
  readonly 'openai-7': typeof import('openai-7');
  readonly '@anthropic-ai/sdk': typeof import('@anthropic-ai/sdk');
  readonly '@anthropic-ai/sdk-60': typeof import('@anthropic-ai/sdk');
  readonly '@anthropic-ai/sdk-137': typeof import('@anthropic-ai/sdk');
  readonly '@anthropic-ai/vertex-sdk': typeof import('@anthropic-ai/vertex-sdk');
  readonly '@anthropic-ai/bedrock-sdk': typeof import('@anthropic-ai/bedrock-sdk');
  readonly 'groq-sdk-0': typeof import('groq-sdk-1');
  readonly 'groq-sdk-1': typeof import('groq-sdk-1');
  readonly 'together-ai-21': typeof import('together-ai-52');
  readonly 'together-ai-52': typeof import('together-ai-52');
  readonly '@google/genai': typeof import('@google/genai');
  readonly '@google/genai-1': typeof import('@google/genai');
  readonly '@mistralai/mistralai-1': typeof import('@mistralai/mistralai-2');
  readonly '@mistralai/mistralai-2': typeof import('@mistralai/mistralai-2');
  readonly '@openrouter/sdk': typeof import('@openrouter/sdk');
  readonly '@huggingface/inference': typeof import('@huggingface/inference');
  // `require` gives the class itself.
  readonly replicate: typeof import('replicate') | (typeof import('replicate'))['default'];
  readonly '@azure-rest/ai-inference': typeof import('@azure-rest/ai-inference');
  readonly '@azure/core-sse': typeof import('@azure/core-sse');
  readonly '@langchain/anthropic-0': typeof import('@langchain/anthropic-1');
  readonly '@langchain/anthropic-1': typeof import('@langchain/anthropic-1');
  readonly '@langchain/google-genai-0': typeof import('@langchain/google-genai-2');
  readonly '@langchain/google-genai-2': typeof import('@langchain/google-genai-2');
  readonly '@langchain/openai-0': typeof import('@langchain/openai-1');
  readonly '@langchain/openai-1': typeof import('@langchain/openai-1');
  readonly '@llamaindex/openai': typeof import('@llamaindex/openai');
  readonly '@openai/agents-3': typeof import('@openai/agents-20');
  readonly '@openai/agents-20': typeof import('@openai/agents-20');
  readonly 'ai-5': typeof import('ai-7');
  readonly 'ai-6': typeof import('ai-7');
  readonly 'ai-7': typeof import('ai-7');
  readonly '@ai-sdk/openai-2': typeof import('@ai-sdk/openai-4');
  readonly '@ai-sdk/openai-3': typeof import('@ai-sdk/openai-4');
  readonly '@ai-sdk/openai-4': typeof import('@ai-sdk/openai-4');
  readonly '@ai-sdk/anthropic': typeof import('@ai-sdk/anthropic');
  readonly '@ai-sdk/google': typeof import('@ai-sdk/google');
  readonly '@ai-sdk/openai-compatible': typeof import('@ai-sdk/openai-compatible');
  readonly 'axios-0': typeof import('axios-1');
  readonly 'axios-1': typeof import('axios-1');
  readonly 'node-fetch-2': typeof import('node-fetch-3');
  readonly 'node-fetch-3': typeof import('node-fetch-3');
  readonly 'got-16': typeof import('got-16');
  readonly 'cohere-ai-7': typeof import('cohere-ai-8');
  readonly 'cohere-ai-8': typeof import('cohere-ai-8');
  readonly 'ollama-5': typeof import('ollama-6');
  readonly 'ollama-6': typeof import('ollama-6');
  readonly '@aws-sdk/client-bedrock-runtime-830': typeof import('@aws-sdk/client-bedrock-runtime-1164');
  readonly '@aws-sdk/client-bedrock-runtime-1164': typeof import('@aws-sdk/client-bedrock-runtime-1164');
  readonly '@smithy/node-http-handler': typeof import('@smithy/node-http-handler');
  readonly 'undici-6': typeof import('undici-8');
  readonly 'undici-7': typeof import('undici-8');
  readonly 'undici-8': typeof import('undici-8');
}

/** Loads a module as an application would: by its own name, from a folder in which that name means the wanted version. */
export type LoadModule = <Name extends keyof LoadableModules>(name: Name) => Promise<LoadableModules[Name]>;

/** The folder under `.applications` and the name that is imported there. */
export function placeOf(name: keyof LoadableModules): { readonly folder: string; readonly specifier: string } {
  const versioned = /^(?<specifier>.+)-\d+$/.exec(name)?.groups?.['specifier'];
  return { folder: name.replaceAll(/[@/]/g, '_'), specifier: versioned ?? name };
}

/** Loads modules from the folders under `applications`. */
export function moduleLoader(applications: string, form: ModuleForm): LoadModule {
  const loaded = new Map<string, Promise<unknown>>();
  const load = async (name: keyof LoadableModules): Promise<unknown> => {
    const { folder, specifier } = placeOf(name);
    const entry = join(applications, folder, 'load.mjs');
    if (form === 'cjs') return createRequire(entry)(specifier);
    const module: unknown = await import(pathToFileURL(entry).href);
    if (typeof module !== 'object' || module === null || !('load' in module) || typeof module.load !== 'function') throw new TypeError(`${entry} exports no load()`);
    return Reflect.apply(module.load, undefined, [specifier]);
  };
  return async <Name extends keyof LoadableModules>(name: Name) => {
    const module = loaded.get(name) ?? load(name);
    loaded.set(name, module);
    // The one place where an untyped module gets its type: dynamic specifiers have none.
    return (await module) as LoadableModules[Name];
  };
}
