import { describe, expect, it } from 'vitest';
import { readCommand, readNodeOptions } from './command.ts';
import { lineWith, wordsWith } from './insert.ts';
import { commandsIn } from './words.ts';

function read(line: string) {
  return readCommand({ words: commandsIn(line)[0] ?? [], environment: {} });
}

describe('readCommand', () => {
  it.each([
    ['node app.js', 'app.js', []],
    ['/usr/local/bin/node --enable-source-maps -C production dist/main.js --port 3000', 'dist/main.js', []],
    ['node -r ./a.cjs --import=@outspan/node/register --loader l.mjs app.js', 'app.js', ['--require ./a.cjs', '--import @outspan/node/register', '--loader l.mjs']],
    ['node --watch-path ./src app.js', 'app.js', []],
    ['cross-env NODE_ENV=production node app.js', 'app.js', []],
    ['dotenvx run -f .env -- node app.js', 'app.js', []],
    ['dotenv -e .env.local -- tsx watch src/index.ts', 'src/index.ts', []],
    ['dumb-init node app.js', 'app.js', []],
    ['npx tsx --import @outspan/node/register src/index.ts', 'src/index.ts', ['--import @outspan/node/register']],
    ['nodemon --watch src -e ts,js app.js', 'app.js', []],
    ['yarn node app.js', 'app.js', []],
    ['pnpm exec tsx app.ts', 'app.ts', []],
    ['sh -c "node app.js"', 'app.js', []],
  ])('%s runs a file by Node.js', (line, entry, preloads) => {
    const command = read(line);
    expect(command.kind === 'node' && [command.entry, command.options.preloads.map(({ by, of }) => `${by} ${of}`)]).toEqual([entry, preloads]);
  });

  it.each([
    ['next start', { kind: 'server', program: 'next' }],
    ['pm2-runtime start app.js', { kind: 'server' }],
    ['bun run src/index.ts', { kind: 'runtime', name: 'Bun' }],
    ['bun run start', { kind: 'scripts', scripts: ['start'] }],
    ['deno run -A main.ts', { kind: 'runtime', name: 'Deno' }],
    ['wrangler dev', { kind: 'runtime', name: 'Cloudflare Workers' }],
    ['npm start', { kind: 'scripts', scripts: ['start'] }],
    ['npm run serve -- --port 3000', { kind: 'scripts', scripts: ['serve'] }],
    ['node --run serve', { kind: 'scripts', scripts: ['serve'] }],
    ['yarn serve', { kind: 'scripts', scripts: ['serve'] }],
    ['run-p serve watch:css', { kind: 'scripts', scripts: ['serve', 'watch:css'] }],
    ['concurrently -k "node a.js" "npm run b"', { kind: 'commands', lines: ['node a.js', 'npm run b'] }],
    ['npm run start --workspace app', { kind: 'unknown' }],
    ['pnpm --filter app start', { kind: 'unknown' }],
    ['./start.sh', { kind: 'unknown', program: 'start.sh' }],
    ['node -e "1"', { kind: 'tool' }],
    ['tsc -w', { kind: 'tool' }],
  ])('%s is something else', (line, expected) => {
    expect(read(line)).toMatchObject(expected);
  });

  it('keeps the variables that a command sets', () => {
    expect(read('A=1 cross-env B=2 node app.js').environment).toEqual({ A: '1', B: '2' });
  });
});

describe('readNodeOptions', () => {
  it('reads quotes as Node.js does', () => {
    expect(readNodeOptions(String.raw`--require "/a b/\"c\".cjs" --import @outspan/node/register --permission --env-file=.env`)).toEqual({
      preloads: [
        { by: '--require', of: '/a b/"c".cjs' },
        { by: '--import', of: '@outspan/node/register' },
      ],
      envFiles: ['.env'],
      permission: true,
    });
  });
});

describe('lineWith', () => {
  it.each([
    ['node app.js', 'node --import @outspan/node/register app.js'],
    ['NODE_ENV=x node --watch app.js', 'NODE_ENV=x node --import @outspan/node/register --watch app.js'],
    ['cross-env A=1 tsx watch src/index.ts', 'cross-env A=1 tsx watch --import @outspan/node/register src/index.ts'],
    ['pm2-runtime app.js', 'NODE_OPTIONS="--import @outspan/node/register" pm2-runtime app.js'],
    ['bun app.ts', undefined],
  ])('puts the import into %s', (line, expected) => {
    expect(lineWith(line, read(line), '@outspan/node/register')).toBe(expected);
  });

  it('puts it into a list of words', () => {
    expect(wordsWith(['dumb-init', 'node', 'app.js'], read('dumb-init node app.js'), '@outspan/node/instrument')).toEqual(['dumb-init', 'node', '--import', '@outspan/node/instrument', 'app.js']);
  });
});
