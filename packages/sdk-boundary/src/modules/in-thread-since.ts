/**
 * The first versions of Node.js whose synchronous module hooks leave imported CommonJS modules as they are, by major: minor and
 * patch. Every major from 26 on does.
 */
export const IN_THREAD_SINCE: Readonly<Record<number, readonly [minor: number, patch: number]>> = { 22: [22, 3], 24: [11, 1], 25: [1, 0] };
