/** `watch.ts` on Node, `absent.ts` elsewhere: see `imports` in package.json, which leads to the builds. */
declare module '#module-hooks' {
  export const watchModules: typeof import('./watch.ts').watchModules;
  export const loadedBefore: typeof import('./watch.ts').loadedBefore;
}
