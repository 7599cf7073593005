import { OUTPUT_KINDS, type OutputKind } from '../outputs/generators.ts';

/** Tells which paths belong to these kinds of output. With all of them, every path does. */
export function covered(kinds: readonly OutputKind[]): (path: string) => boolean {
  return (path) => kinds.length === OUTPUT_KINDS.length || kinds.some((kind) => path.startsWith(`${kind}/`));
}
