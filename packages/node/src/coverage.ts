import { runtime } from '@outspan/core';
import type { TestedRange } from '@outspan/sdk-boundary';
import { type InstrumentationName, sdkCoverage } from './instrumentations.ts';

/** How the calls of an SDK are told from each other. */
export type Coverage = 'sdk' | 'native' | 'inferred';

/** One SDK, or a range of its versions. */
export interface CoveredSdk {
  /** Its npm package. */
  readonly name: string;
  /** The versions that the contract suite runs on. */
  readonly tested: TestedRange;
  readonly by: Coverage;
  /** The instrumentation that knows its calls, where one does. */
  readonly instrumentation?: InstrumentationName;
}

/** SDKs that no instrumentation has to hook. One line each; of several lines for one SDK, that of the newest versions comes first. */
const WITHOUT_HOOKS: readonly CoveredSdk[] = [
  { name: '@anthropic-ai/sdk', tested: { from: '0.134.0', below: '2.0.0' }, by: 'native' },
  // By a channel that it publishes on.
  { name: 'ai', tested: { from: '7.0.0', below: '8.0.0' }, by: 'sdk', instrumentation: '@outspan/instrumentation-ai-sdk' },
  { name: 'ai', tested: { from: '5.0.0', below: '7.0.0' }, by: 'inferred' },
  // By the copy of openai that it brings along.
  { name: '@llamaindex/openai', tested: { from: '0.4.23', below: '0.5.0' }, by: 'sdk', instrumentation: '@outspan/instrumentation-openai' },
  { name: '@openrouter/sdk', tested: { from: '1.0.0', below: '2.0.0' }, by: 'inferred' },
  { name: '@huggingface/inference', tested: { from: '4.0.0', below: '5.0.0' }, by: 'inferred' },
  { name: 'replicate', tested: { from: '1.4.0', below: '2.0.0' }, by: 'inferred' },
  { name: '@azure-rest/ai-inference', tested: { from: '1.0.0-beta.1', below: '2.0.0' }, by: 'inferred' },
];

/**
 * Every SDK that is known, in one table: what the instrumentations announce versions by, and what needs none. The contract
 * suite compares it with what it runs.
 */
export function coverage(): readonly CoveredSdk[] {
  // Modules are hooked on Node alone.
  const by = runtime() === 'node' ? 'sdk' : 'inferred';
  const hooked = sdkCoverage().map(({ instrumentation, name, tested }): CoveredSdk => ({ name, tested, by, instrumentation }));
  const names = new Set(hooked.map(({ name }) => name));
  // An SDK that traces itself is hooked as well, for where that is switched off.
  const native = WITHOUT_HOOKS.filter(({ by }) => by === 'native');
  return [...native, ...hooked, ...WITHOUT_HOOKS.filter((row) => !names.has(row.name) && !native.includes(row))];
}
