import { readTopLevel } from '../body/json-scan.ts';
import type { JsonObject } from '../body/json-access.ts';

/** A request's body as far as it could be read without parsing it. */
export interface RequestBody {
  /** The wanted members; large lists and objects abridged. */
  readonly members: JsonObject;
  /** Whether a member that is not there is known not to be there. */
  readonly whole: boolean;
}

/** Reads chosen members of a request's body; `within` names what matters inside of large objects. */
export function readRequestBody(body: Uint8Array | undefined, wanted: ReadonlySet<string>, within?: ReadonlySet<string>): RequestBody {
  if (body === undefined) return { members: {}, whole: false };
  const { state, values } = readTopLevel(body, wanted, within);
  return { members: values, whole: state === 'whole' };
}

/** Whether tools are offered: `undefined` when the body was not seen to its end and none were met. */
export function offersTools(lists: readonly unknown[], whole: boolean): boolean | undefined {
  if (lists.some((list) => Array.isArray(list) && list.length > 0)) return true;
  return whole ? false : undefined;
}
