import type { Sdk, TestedRange } from '@outspan/sdk-boundary';
import { observeSocketClients, socketClients } from './patch.ts';
import { REALTIME, RESPONSES } from './protocol.ts';
import type { Protocol } from './protocol.ts';
import { watchUpgrades } from './upgrades.ts';

/** The modules of openai that speak a protocol, without the file extension: over `ws`, or the platform's own sockets. None of them is loaded by the SDK's entry. */
const MODULES: readonly { readonly protocol: Protocol; readonly modules: readonly string[]; readonly platform?: true }[] = [
  { protocol: REALTIME, modules: ['realtime/ws', 'beta/realtime/ws'] },
  { protocol: REALTIME, modules: ['realtime/websocket', 'beta/realtime/websocket'], platform: true },
  { protocol: RESPONSES, modules: ['resources/responses/ws', 'resources/beta/responses/ws'] },
];

/** The socket clients of an SDK of the family. */
export function socketSdks(name: string, tested: TestedRange): readonly Sdk[] {
  return MODULES.map(({ modules, platform, protocol }): Sdk => ({
    name,
    tested,
    filesOnly: true,
    files: modules.flatMap((path) => [`${name}/${path}.js`, `${name}/${path}.mjs`]),
    targets: socketClients,
    observe(prototype, tracing) {
      const leave = observeSocketClients(prototype, protocol, tracing);
      const stop = platform === true ? watchUpgrades() : undefined;
      return () => {
        leave();
        stop?.();
      };
    },
  }));
}
