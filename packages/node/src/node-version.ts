/** The oldest Node.js whose diagnostics channels and module hooks are what the instrumentations build on. */
const MINIMUM: readonly [major: number, minor: number] = [22, 15];

/** The same, for a reader. */
export const OLDEST_NODE: string = MINIMUM.join('.');

/** Whether `version` (as in `process.versions.node`) is new enough. */
export function isSupportedNode(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}

/** What is said, once, where Node.js is too old. */
export function unsupportedNodeMessage(version: string): string {
  return `outspan: needs Node.js ${OLDEST_NODE} or newer, this is ${version}: nothing is instrumented, the application runs as without it`;
}
