import { observeClient } from '@outspan/sdk-boundary';
import manifest from '../package.json' with { type: 'json' };
import { CLIENTS } from './google-genai.ts';

/**
 * Records the calls of one client with the boundary `sdk`. Use it where modules cannot be hooked: in a bundle, in a worker, or
 * if the SDK was loaded before Outspan. Accepts a `GoogleGenAI` client.
 *
 * The object stays what it is, and other clients of its class are not observed. Chats of the client are observed too. Does
 * nothing if the client, or its class, is observed already. Warns once about anything else.
 *
 * @returns the same object
 */
export function observe<T>(client: T): T {
  return observeClient(client, manifest, CLIENTS);
}
