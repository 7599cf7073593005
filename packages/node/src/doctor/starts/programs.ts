/** A kind of program, by the first word of a command. */
export type Program =
  /** Runs a file by Node.js and takes Node's options. */
  | { readonly kind: 'node'; readonly subcommands?: readonly string[]; readonly valued?: readonly string[] }
  /** Runs the application by Node.js in a way of its own: options for Node.js go through `NODE_OPTIONS`. */
  | { readonly kind: 'server'; readonly fix?: string }
  /** Runs another command, which follows its own options. */
  | { readonly kind: 'wrapper'; readonly subcommands?: readonly string[]; readonly valued?: readonly string[] }
  /** Runs scripts of a package.json. `any`: a word that is no verb is a script, or all words are. */
  | { readonly kind: 'scripts'; readonly verbs: readonly string[]; readonly any?: 'first' | 'all' }
  /** Runs several commands, each of which is one of its words. */
  | { readonly kind: 'commands' }
  /** A runtime that is not Node.js. */
  | { readonly kind: 'runtime'; readonly name: 'Bun' | 'Deno' | 'Cloudflare Workers' }
  /** Runs no application: a build, a check, a server of files. */
  | { readonly kind: 'tool' };

const NODE: Program = { kind: 'node' };
const SERVER: Program = { kind: 'server' };
const WRAPPER: Program = { kind: 'wrapper' };
const TOOL: Program = { kind: 'tool' };
const NEXT = 'call outspanInstrumentations() of @outspan/node in a module that instrumentation.js imports for the nodejs runtime (README of @outspan/node, “Ways to run”)';

/** Every program that is known. */
export const PROGRAMS: Readonly<Record<string, Program>> = {
  node: NODE,
  nodejs: NODE,
  tsx: { kind: 'node', subcommands: ['watch'], valued: ['--tsconfig'] },
  'ts-node': { kind: 'node', valued: ['-P', '--project', '-O', '--compilerOptions'] },
  'ts-node-dev': { kind: 'node', valued: ['-P', '--project', '--watch', '--ignore-watch'] },
  tsnd: { kind: 'node', valued: ['-P', '--project', '--watch', '--ignore-watch'] },
  nodemon: { kind: 'node', valued: ['-w', '--watch', '-e', '--ext', '-i', '--ignore', '-d', '--delay', '-x', '--exec', '-s', '--signal', '--config'] },
  'node-dev': NODE,
  'babel-node': { kind: 'node', valued: ['-x', '--extensions', '--presets', '--plugins'] },

  next: { kind: 'server', fix: NEXT },
  nest: SERVER,
  nuxt: SERVER,
  nuxi: SERVER,
  nitro: SERVER,
  nitropack: SERVER,
  remix: SERVER,
  'remix-serve': SERVER,
  'react-router': SERVER,
  'react-router-serve': SERVER,
  astro: SERVER,
  strapi: SERVER,
  medusa: SERVER,
  directus: SERVER,
  fastify: SERVER,
  'functions-framework': SERVER,
  'moleculer-runner': SERVER,
  probot: SERVER,
  pm2: SERVER,
  'pm2-runtime': SERVER,
  'vite-node': SERVER,

  'cross-env': WRAPPER,
  'cross-env-shell': WRAPPER,
  env: { kind: 'wrapper', valued: ['-u', '-C', '--unset', '--chdir'] },
  exec: WRAPPER,
  time: WRAPPER,
  nohup: WRAPPER,
  nice: { kind: 'wrapper', valued: ['-n'] },
  dotenv: { kind: 'wrapper', valued: ['-e', '-c', '-v', '-p'] },
  'dotenv-cli': { kind: 'wrapper', valued: ['-e', '-c', '-v', '-p'] },
  dotenvx: { kind: 'wrapper', subcommands: ['run'], valued: ['-f', '--env-file', '-e', '--env'] },
  'env-cmd': { kind: 'wrapper', valued: ['-f', '--file', '-e', '--environments'] },
  npx: { kind: 'wrapper', valued: ['-p', '--package'] },
  'dumb-init': { kind: 'wrapper', valued: ['-r', '--rewrite'] },
  tini: { kind: 'wrapper', valued: ['-p', '-e'] },
  'docker-entrypoint.sh': WRAPPER,
  c8: { kind: 'wrapper', valued: ['-r', '--reporter'] },
  doppler: { kind: 'wrapper', subcommands: ['run'], valued: ['-p', '--project', '-c', '--config'] },
  infisical: { kind: 'wrapper', subcommands: ['run'], valued: ['--env', '--path'] },

  npm: { kind: 'scripts', verbs: ['run', 'run-script', 'start', 'restart', 'test'] },
  pnpm: { kind: 'scripts', verbs: ['run', 'run-script', 'start', 'exec', 'dlx'], any: 'first' },
  yarn: { kind: 'scripts', verbs: ['run', 'start', 'exec', 'dlx', 'node'], any: 'first' },
  'npm-run-all': { kind: 'scripts', verbs: [], any: 'all' },
  'run-s': { kind: 'scripts', verbs: [], any: 'all' },
  'run-p': { kind: 'scripts', verbs: [], any: 'all' },
  concurrently: { kind: 'commands' },

  bun: { kind: 'runtime', name: 'Bun' },
  bunx: { kind: 'runtime', name: 'Bun' },
  deno: { kind: 'runtime', name: 'Deno' },
  wrangler: { kind: 'runtime', name: 'Cloudflare Workers' },
  workerd: { kind: 'runtime', name: 'Cloudflare Workers' },

  ...Object.fromEntries(
    ['tsc', 'tsup', 'tsdown', 'esbuild', 'rollup', 'webpack', 'swc', 'vite', 'parcel', 'turbo', 'nx', 'eslint', 'oxlint', 'prettier', 'biome', 'vitest', 'jest', 'mocha', 'ava', 'tap', 'playwright', 'cypress', 'rimraf', 'rm', 'cp', 'mkdir', 'mv', 'echo', 'cd', 'ls', 'test', 'true', 'sleep', 'wait', 'wait-on', 'prisma', 'drizzle-kit', 'knex', 'husky', 'changeset', 'storybook', 'ng', 'gatsby', 'docusaurus', 'vitepress', 'http-server', 'serve', 'docker', 'docker-compose', 'make', 'git', 'tailwindcss', 'postcss', 'sass', 'electron', 'set', 'export'].map((name) => [name, TOOL]),
  ),
};

/** Finds a program by the word that calls it. Ignores its path, and endings such as `.cmd`. */
export function programOf(word: string): { readonly name: string; readonly program: Program | undefined } {
  const base = word.replace(/^.*[/\\]/, '').replace(/\.(?:exe|cmd|ps1)$/i, '').replace(/@[\w.^~-]+$/, '');
  return { name: base, program: Object.hasOwn(PROGRAMS, base) ? PROGRAMS[base] : undefined };
}
