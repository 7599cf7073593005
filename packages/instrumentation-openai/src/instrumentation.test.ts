import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { DiagLogger } from '@opentelemetry/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OpenAIInstrumentation } from './instrumentation.ts';

const warnings: string[] = [];
const logger = { warn: (...args: unknown[]) => void warnings.push(args.join(' ')), error: () => undefined, info: () => undefined, debug: () => undefined, verbose: () => undefined } satisfies DiagLogger;

class OpenAI {
  async makeRequest(_options: unknown, _remaining: unknown, _retryOf: unknown): Promise<string> {
    return 'made';
  }
  async fetchWithTimeout(): Promise<void> {}
}

/** Hands a module to the instrumentation as the hooks do. */
function load(instrumentation: OpenAIInstrumentation, name: string, exports: object, version?: string): unknown {
  for (const definition of instrumentation.getModuleDefinitions()) {
    if (definition.name === name) return definition.patch?.(exports, version);
    const file = definition.files.find((one) => one.name === name);
    if (file !== undefined) return file.patch(exports, version);
  }
  throw new Error(`${name} is not hooked`);
}

describe('OpenAIInstrumentation', () => {
  beforeAll(() => void diag.setLogger(logger, DiagLogLevel.WARN));
  afterAll(() => diag.disable());

  const instrumentation = new OpenAIInstrumentation({ enabled: false });

  it.each(['openai', 'openai/client', 'openai/client.mjs', 'openai/index.mjs', 'openai/azure', 'openai/client.js'])('patches what %s exports, and hands it on as it is', (name) => {
    class Copy extends OpenAI {
      override async makeRequest(a: unknown, b: unknown, c: unknown): Promise<string> {
        return super.makeRequest(a, b, c);
      }
    }
    const original = Reflect.get(Copy.prototype, 'makeRequest');
    const exports = { OpenAI: Copy };
    expect(load(instrumentation, name, exports, '7.57.0')).toBe(exports);
    expect(Reflect.get(Copy.prototype, 'makeRequest')).not.toBe(original);
  });

  it('says once that a version is not tested, and traces it', () => {
    class Next extends OpenAI {
      override async makeRequest(a: unknown, b: unknown, c: unknown): Promise<string> {
        return super.makeRequest(a, b, c);
      }
    }
    const original = Reflect.get(Next.prototype, 'makeRequest');
    load(instrumentation, 'openai', { OpenAI: Next }, '8.0.0');
    load(instrumentation, 'openai/client.js', { OpenAI: Next }, '8.0.0');
    expect(Reflect.get(Next.prototype, 'makeRequest')).not.toBe(original);
    expect(warnings.filter((warning) => warning.includes('openai 8.0.0'))).toHaveLength(1);
  });

  it('leaves a version alone that is built otherwise, and says so once', () => {
    class Old {
      async request(_options: unknown): Promise<void> {}
    }
    const original = Reflect.get(Old.prototype, 'request');
    load(instrumentation, 'openai', { OpenAI: Old }, '3.3.0');
    load(instrumentation, 'openai', { OpenAI: Old }, '3.3.0');
    expect(Reflect.get(Old.prototype, 'request')).toBe(original);
    const said = warnings.filter((warning) => warning.includes('openai 3.3.0'));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('from the wire alone');
  });

  it('says once that live sessions and translations over WebSockets are not covered', () => {
    const exports = {};
    expect(load(instrumentation, 'openai/resources/live/ws', exports, '7.57.0')).toBe(exports);
    load(instrumentation, 'openai/realtime/translations/ws', {}, '7.57.0');
    expect(warnings.filter((warning) => warning.includes('WebSocket'))).toHaveLength(1);
  });

  it('traces nothing, and says so once, where no context manager would carry its operations', async () => {
    class Here extends OpenAI {
      override async makeRequest(a: unknown, b: unknown, c: unknown): Promise<string> {
        return super.makeRequest(a, b, c);
      }
    }
    const enabled = new OpenAIInstrumentation();
    load(enabled, 'openai', { OpenAI: Here }, '7.57.0');
    const client = Object.assign(new Here(), { baseURL: 'http://127.0.0.1:1/v1' });
    const options = { method: 'post', path: '/chat/completions', body: { model: 'gpt-5', messages: [] } };
    expect(await client.makeRequest(options, null, undefined)).toBe('made');
    expect(await client.makeRequest(Promise.resolve(options), null, undefined)).toBe('made');
    expect(warnings.filter((warning) => warning.includes('context manager'))).toHaveLength(1);
    enabled.disable();
  });

  it('passes on what the options reject with', async () => {
    class Here extends OpenAI {
      override async makeRequest(a: unknown, b: unknown, c: unknown): Promise<string> {
        return super.makeRequest(await a, b, c);
      }
    }
    const enabled = new OpenAIInstrumentation();
    load(enabled, 'openai', { OpenAI: Here }, '7.57.0');
    const refusal = new RangeError('no such option');
    await expect(new Here().makeRequest(Promise.reject(refusal), null, undefined)).rejects.toBe(refusal);
    enabled.disable();
  });
});
