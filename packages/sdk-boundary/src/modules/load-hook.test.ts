import { describe, expect, it } from 'vitest';
import { instrumented, isWantedUrl, pathOf } from './load-hook.ts';
import type { Loaded } from './load-hook.ts';

const URL_OF_CLIENT = 'file:///app/node_modules/openai/client.mjs';
const SOURCE = 'export class OpenAI {}';

describe('isWantedUrl', () => {
  const wanted = { files: new Set(['openai/client.mjs', '@google/genai/dist/node/index.mjs']), packages: new Set<string>() };

  it.each([URL_OF_CLIENT, `${URL_OF_CLIENT}?iitm=true`, `${URL_OF_CLIENT}#x`, 'file:///my%20app/node_modules/openai/client.mjs', 'file:///app/node_modules/%40google/genai/dist/node/index.mjs'])('wants %s', (url) => {
    expect(isWantedUrl(url, wanted)).toBe(true);
  });

  it.each(['', 'node:fs', 'file:///app/client.mjs', 'file:///app/node_modules/openai/index.mjs', 'data:text/javascript,/node_modules/openai/client.mjs', 'https://esm.sh/node_modules/openai/client.mjs', 'file:///app/node_modules/openai/client.mjs%2F..', 'file://host:bad/node_modules/openai/client.mjs'])(
    'does not want %o',
    (url) => {
      expect(isWantedUrl(url, wanted)).toBe(false);
    },
  );
});

describe('pathOf', () => {
  it('is the file without what other tools add', () => {
    expect(pathOf('file:///my%20app/x.mjs?update=1#y')).toBe('/my app/x.mjs');
    expect(pathOf('node:fs')).toBe('');
  });
});

describe('instrumented', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

  it.each([
    ['text', SOURCE],
    ['bytes', bytes(SOURCE)],
    ['a buffer', bytes(SOURCE).buffer],
    ['bytes behind a mark of the byte order', bytes(`\uFEFF${SOURCE}`)],
  ])('adds to a module that is %s, and keeps what else there is', (_what, source) => {
    const loaded = { format: 'module', source, shortCircuit: true };
    const result = instrumented(URL_OF_CLIENT, loaded);
    expect(result).toMatchObject({ format: 'module', shortCircuit: true, source: expect.stringMatching(/^export class OpenAI \{\}\n;.*get "OpenAI"/s) });
    expect(loaded.source).toBe(source);
  });

  it.each<readonly [string, Loaded]>([
    ['CommonJS', { format: 'commonjs', source: 'exports.a = 1;' }],
    ['CommonJS that Node reads itself', { format: 'commonjs', source: null }],
    ['JSON', { format: 'json', source: '{}' }],
    ['of no format', { source: SOURCE }],
    ['without a source', { format: 'module', source: undefined }],
    ['broken', { format: 'module', source: 'export {' }],
    ['hooked already', instrumented(URL_OF_CLIENT, { format: 'module', source: SOURCE })],
  ])('leaves what is %s as it is', (_what, loaded) => {
    expect(instrumented(URL_OF_CLIENT, loaded)).toBe(loaded);
  });
});
