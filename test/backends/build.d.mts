/** A recipe asks for a Go toolchain and there is none. */
export class GoMissing extends Error {}

/** Every server there is a recipe for. */
export function names(): Promise<string[]>;

/** The folder that a server's binaries are in, or would be once built. It is named by the hash of the recipe. */
export function folderOf(name: string): Promise<string>;

/** The folder of a server's binaries if they are built already. */
export function built(name: string): Promise<string | undefined>;

/**
 * Builds a server unless it is built; returns the folder that its binaries are in.
 * @throws {GoMissing} where it has to be built and there is no Go
 */
export function build(name: string, say?: (line: string) => void): Promise<string>;

/** What `go version` says, or undefined where there is no Go. */
export function goVersion(): Promise<string | undefined>;
