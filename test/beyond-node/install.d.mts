/** The runtimes that are installed, by what they are called here. */
export declare const RUNTIMES: Readonly<Record<'bun' | 'deno' | 'workerd', { readonly name: string; readonly version: string }>>;

/** Installs a runtime into the cache, unless it is there. Resolves with its executable. */
export declare function install(id: keyof typeof RUNTIMES, say: (line: string) => void): Promise<string>;
