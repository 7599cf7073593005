import { describe, expect, it } from 'vitest';
import { startsOfDockerfile, startsOfProcfile, startsOfScript, startsOfScripts, type Start } from './starts.ts';

const SCRIPTS = { start: 'npm run build && node dist/index.js', build: 'tsc', 'start:dev': 'tsx watch src/index.ts', worker: 'npm run start', loop: 'npm run loop', test: 'vitest' };

const told = (starts: readonly Start[]): unknown[] => starts.map(({ place, line, use, command }) => [place.name, line, use, command.kind]);

describe('startsOfScripts', () => {
  it('follows scripts, and leaves tools out', () => {
    expect(told(startsOfScripts(SCRIPTS))).toEqual([
      ['scripts.start', 'npm run build && node dist/index.js', 'production', 'node'],
      ['scripts.start:dev', 'tsx watch src/index.ts', 'development', 'node'],
    ]);
  });

  it('takes each command of concurrently for itself', () => {
    expect(startsOfScripts({ dev: 'concurrently "npm:css" "node app.js"', css: 'sass' }).map(({ command }) => command.kind)).toEqual(['node']);
  });

  it('ends where scripts run each other', () => {
    expect(startsOfScript(SCRIPTS, 'loop')).toEqual([]);
  });
});

describe('startsOfProcfile', () => {
  it('reads each process but the release', () => {
    expect(startsOfProcfile('release: node migrate.js\nweb: npm start\n# no\nworker: node worker.js', SCRIPTS).map(({ place, line }) => [place.file, place.name, place.line, line])).toEqual([
      ['package.json', 'scripts.start', undefined, 'npm run build && node dist/index.js'],
      ['Procfile', 'worker', 4, 'node worker.js'],
    ]);
  });
});

describe('startsOfDockerfile', () => {
  it('has the last stage, with what it is built on', () => {
    const [start] = startsOfDockerfile('FROM node:22.1-alpine AS base\nENV NODE_OPTIONS="--import @outspan/node/register" A=1\nFROM base AS build\nRUN x\nCMD ["node", "wrong.js"]\nFROM base\nENV B two\nENTRYPOINT ["node"]\n# what runs\nCMD ["app.js"]', {});
    expect(start).toMatchObject({ place: { file: 'Dockerfile', name: 'CMD', line: 10 }, line: 'node app.js', image: '22.1', environment: { NODE_OPTIONS: '--import @outspan/node/register', A: '1', B: 'two' }, command: { kind: 'node', entry: 'app.js' } });
  });

  it.each([
    ['CMD node app.js', 'node app.js'],
    ['CMD ["npm", "run", "start:dev"]', 'tsx watch src/index.ts'],
    ['CMD ["sh", "-c", "node app.js"]', 'sh -c node app.js'],
  ])('reads %s', (instruction, line) => {
    expect(startsOfDockerfile(`FROM node\n${instruction}`, SCRIPTS).map((start) => start.line)).toEqual([line]);
  });
});
