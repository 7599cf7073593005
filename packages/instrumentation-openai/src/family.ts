import type { Clients, Sdk, SdkTracing, TestedRange } from '@outspan/sdk-boundary';
import { OperationBoundary } from './boundary.ts';
import { clientParts, clientPrototypeOf, isPatchable } from './client-class.ts';
import { observeClient } from './patch.ts';
import { socketSdks } from './sockets/sdk.ts';

/** An SDK that is instrumented, by its npm package. */
export type FamilyMember = 'openai' | '@anthropic-ai/sdk' | 'groq-sdk' | 'together-ai';

/** One SDK of the Stainless generator: all of them are built alike, so that a row is all that one more needs. */
interface Member {
  readonly name: FamilyMember;
  /** What its modules export the client's class, or one derived from it, as. */
  readonly classes: readonly string[];
  readonly tested: TestedRange;
  /** Has clients of the realtime and the responses API over WebSockets. */
  readonly speaksSockets?: true;
  /** Transports that leave no HTTP exchange to trace. None of them is loaded by the SDK's entry. */
  readonly sockets?: { readonly modules: readonly string[]; readonly says: string };
}

const MEMBERS: readonly Member[] = [
  {
    name: 'openai',
    classes: ['OpenAI', 'AzureOpenAI', 'BedrockOpenAI'],
    tested: { from: '5.0.0', below: '8.0.0' },
    speaksSockets: true,
    sockets: {
      modules: [
        'realtime/translations/ws',
        'resources/live/ws',
        'resources/live/forks/ws',
        'resources/live/sideband/ws',
      ],
      says: 'The WebSocket transports of openai for live sessions and translations are not covered: they are not traced.',
    },
  },
  { name: '@anthropic-ai/sdk', classes: ['Anthropic', 'BaseAnthropic'], tested: { from: '0.60.0', below: '2.0.0' } },
  { name: 'groq-sdk', classes: ['Groq'], tested: { from: '0.37.0', below: '2.0.0' } },
  { name: 'together-ai', classes: ['Together'], tested: { from: '0.21.0', below: '1.0.0' } },
];

/** The names of all of them. */
export const FAMILY: readonly FamilyMember[] = MEMBERS.map(({ name }) => name);

/** The entry, and where the class itself is in all but the oldest. */
const CLIENT_MODULES = ['index', 'client'] as const;

/** The SDKs of these names. */
export function sdksOf(names: readonly FamilyMember[]): readonly Sdk[] {
  return MEMBERS.filter(({ name }) => names.includes(name)).flatMap((member) => [sdkOf(member), ...(member.speaksSockets === true ? socketSdks(member.name, member.tested) : [])]);
}

function sdkOf(member: Member): Sdk {
  const { classes, name, sockets, tested } = member;
  return {
    name,
    tested,
    files: files(name, CLIENT_MODULES),
    ...(sockets && { uncovered: { files: files(name, sockets.modules), says: sockets.says } }),
    targets(exports) {
      const prototype = clientPrototypeOf(exports, classes);
      return prototype !== undefined && isPatchable(prototype) ? [prototype] : [];
    },
    observe: observeCalls,
  };
}

/** The clients of all of them, which are told from others by how they are built, and not from each other. */
export const CLIENTS: Clients = {
  name: 'SDKs like openai',
  expected: `a client of ${FAMILY.join(', ')}, or of another SDK that the same generator (Stainless) has made`,
  partsOf: clientParts,
  observe: observeCalls,
};

function observeCalls(prototype: object, tracing: SdkTracing): () => void {
  return observeClient(prototype, new OperationBoundary(tracing));
}

function files(name: string, modules: readonly string[]): string[] {
  return modules.flatMap((path) => [`${name}/${path}.js`, `${name}/${path}.mjs`]);
}
