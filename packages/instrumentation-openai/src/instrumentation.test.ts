import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { DiagLogger } from '@opentelemetry/api';
import { context, operationOf } from '@outspan/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OpenAIInstrumentation } from './instrumentation.ts';

const warnings: string[] = [];
const logger = { warn: (...args: unknown[]) => void warnings.push(args.join(' ')), error: () => undefined, info: () => undefined, debug: () => undefined, verbose: () => undefined } satisfies DiagLogger;

interface Client {
  makeRequest(options: unknown, remaining: unknown, retryOf: unknown): Promise<string>;
}

/** A class as each copy of the SDK has one of its own. */
function copyOfSdk(): new () => Client {
  return class {
    async makeRequest(options: unknown, _remaining: unknown, _retryOf: unknown): Promise<string> {
      await options;
      return 'made';
    }
    async fetchWithTimeout(): Promise<void> {}
  };
}

const folders: string[] = [];

/** Requires a file of an installed package that exports `exports`. */
function load(file: string, exports: object, version: string): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'outspan-'));
  folders.push(folder);
  const path = join(folder, 'node_modules', file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(join(folder, 'node_modules', 'openai', 'package.json'), JSON.stringify({ name: 'openai', version, main: 'entry.js' }));
  Reflect.set(globalThis, 'outspanTestExports', exports);
  writeFileSync(path, 'module.exports = globalThis.outspanTestExports;');
  return createRequire(import.meta.url)(path);
}

describe('OpenAIInstrumentation', () => {
  beforeAll(() => void diag.setLogger(logger, DiagLogLevel.WARN));
  let instrumentation: OpenAIInstrumentation;
  beforeEach(() => (instrumentation = new OpenAIInstrumentation()));
  afterEach(() => instrumentation.disable());
  afterAll(() => {
    diag.disable();
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  it.each(['openai/client.js', 'openai/index.js', 'openai/entry.js'])('patches what %s exports, and hands it on as it is', (name) => {
    const Copy = copyOfSdk();
    const original = Reflect.get(Copy.prototype, 'makeRequest');
    const exports = { OpenAI: Copy };
    expect(load(name, exports, '7.57.0')).toBe(exports);
    expect(Reflect.get(Copy.prototype, 'makeRequest')).not.toBe(original);
  });

  it('says once that a version is not tested, and traces it', () => {
    const Next = copyOfSdk();
    const original = Reflect.get(Next.prototype, 'makeRequest');
    load('openai/index.js', { OpenAI: Next }, '8.0.0');
    load('openai/client.js', { OpenAI: Next }, '8.0.0');
    expect(Reflect.get(Next.prototype, 'makeRequest')).not.toBe(original);
    expect(warnings.filter((warning) => warning.includes('openai 8.0.0'))).toHaveLength(1);
  });

  it('leaves a version alone that is built otherwise, and says so once', () => {
    class Old {
      async request(_options: unknown): Promise<void> {}
    }
    const original = Reflect.get(Old.prototype, 'request');
    load('openai/index.js', { OpenAI: Old }, '3.3.0');
    load('openai/index.js', { OpenAI: Old }, '3.3.0');
    expect(Reflect.get(Old.prototype, 'request')).toBe(original);
    const said = warnings.filter((warning) => warning.includes('openai 3.3.0'));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('from the wire alone');
  });

  it('says once that live sessions and translations over WebSockets are not covered', () => {
    const exports = {};
    expect(load('openai/resources/live/ws.js', exports, '7.57.0')).toBe(exports);
    load('openai/realtime/translations/ws.js', {}, '7.57.0');
    expect(warnings.filter((warning) => warning.includes('WebSocket'))).toHaveLength(1);
  });

  it('needs no context manager', async () => {
    class Here {
      async makeRequest(options: unknown, _remaining: unknown, _retryOf: unknown): Promise<string> {
        inside.push(operationOf(context.active()) !== undefined);
        await options;
        return 'made';
      }
      async fetchWithTimeout(): Promise<void> {}
    }
    const inside: boolean[] = [];
    load('openai/index.js', { OpenAI: Here }, '7.57.0');
    const client = Object.assign(new Here(), { baseURL: 'http://127.0.0.1:1/v1' });
    const options = { method: 'post', path: '/chat/completions', body: { model: 'gpt-5', messages: [] } };
    expect(await client.makeRequest(options, null, undefined)).toBe('made');
    expect(await client.makeRequest(Promise.resolve(options), null, undefined)).toBe('made');
    expect(inside).toEqual([true, true]);
    expect(warnings.filter((warning) => warning.includes('context manager'))).toEqual([]);
  });

  it('passes on what the options reject with', async () => {
    const Here = copyOfSdk();
    load('openai/index.js', { OpenAI: Here }, '7.57.0');
    const refusal = new RangeError('no such option');
    await expect(new Here().makeRequest(Promise.reject(refusal), null, undefined)).rejects.toBe(refusal);
  });
});
