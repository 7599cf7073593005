import type { SessionOptions } from '@outspan/fault-provider';

/** What the mock says where a program reads it: the tool's arguments, and JSON where JSON was asked for. */
export function wordsFor(scenario: string): SessionOptions {
  return { words: { toolArguments: '{"location":"Seattle"}', ...(scenario === 'structured_output' && { text: '{"location":"Seattle","temperature":70,"conditions":"sunny"}' }) } };
}
