/** A recipe asks for a Go toolchain and there is none. */
export class GoMissing extends Error {}

/** Every server there is a recipe for. */
export function names(): Promise<string[]>;

/** Where a server's binary is, or would be once built. */
export function binaryPath(name: string): Promise<string>;

/** The binary's path if it is built already. */
export function built(name: string): Promise<string | undefined>;

/**
 * Builds a server unless it is built; returns its binary's path.
 * @throws {GoMissing} where it has to be built and there is no Go
 */
export function build(name: string, say?: (line: string) => void): Promise<string>;

/** What `go version` says, or undefined where there is no Go. */
export function goVersion(): Promise<string | undefined>;
