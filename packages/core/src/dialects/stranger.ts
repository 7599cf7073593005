import { isForm, readFormFields } from '../body/form-fields.ts';
import { scanTopLevel } from '../body/json-scan.ts';
import type { SharedPaths } from './dialect.ts';
import { withoutTrailingSlashes } from './url-segment.ts';

/** Paths as SDKs put them together: behind a version, or behind Azure's name of a deployment. */
const AS_SDKS_DO = /(?:^|\/)(?:v\d+\w*|openai|deployments\/[^/]+)\/(?:[a-z]+\/)?[a-z]+$/;

/** Whether nobody else has such a path. */
export function isTelling({ telling }: SharedPaths, path: string): boolean {
  return telling?.test(withoutTrailingSlashes(path)) === true;
}

/**
 * Whether a request is in a dialect whose path other services have as well, by its body.
 *
 * @param body as far as it was seen. Where nothing was, or nothing that can be read, the path has to do
 */
export function speaks({ bodies }: SharedPaths, path: string, body: Uint8Array | undefined): boolean {
  const bySdk = (): boolean => AS_SDKS_DO.test(withoutTrailingSlashes(path));
  if (body === undefined || !isText(body)) return bySdk();
  const { names, cut } = isForm(body) ? namesInForm(body, new Set(bodies.flat())) : namesInJson(body);
  if (bodies.some((wanted) => wanted.every((name) => names.has(name)))) return true;
  // The rest may be behind what was read.
  return cut && bySdk();
}

interface Names {
  readonly names: ReadonlySet<string>;
  /** Whether there may be more. */
  readonly cut: boolean;
}

/** A field behind a large file is not found. */
function namesInForm(body: Uint8Array, wanted: ReadonlySet<string>): Names {
  return { names: new Set(Object.keys(readFormFields(body, wanted))), cut: true };
}

function namesInJson(body: Uint8Array): Names {
  const { state, members, cut } = scanTopLevel(body);
  return { names: new Set([...members.keys(), ...(cut === undefined ? [] : [cut])]), cut: state === 'incomplete' };
}

/** Not compressed, and no protocol buffer: those begin with control characters. */
function isText(body: Uint8Array): boolean {
  const first = body[0] ?? 0;
  return first >= 0x20 || first === 0x09 || first === 0x0a || first === 0x0d;
}
