import { describe, expect, it } from 'vitest';
import { settle } from '../config.ts';
import type { OutspanConfig } from '../config.ts';
import { boundJson, contentAttributes } from './content.ts';

const message = (content: string): { role: string; parts: { type: string; content: string }[] } => ({ role: 'user', parts: [{ type: 'text', content }] });
const record = (config: OutspanConfig, ...texts: string[]): ReturnType<typeof contentAttributes> => contentAttributes({ inputMessages: texts.map(message) }, undefined, settle(config, {}));

describe('captured content', () => {
  it('is a JSON string on a span and structured on an event', () => {
    const { forSpan, forEvent } = record({}, 'hello');
    expect(forSpan).toEqual({ 'gen_ai.input.messages': JSON.stringify([message('hello')]) });
    expect(forEvent).toEqual({ 'gen_ai.input.messages': [message('hello')] });
  });

  it('masks what has the shape of a credential', () => {
    const { forSpan } = record({}, 'my key is sk-proj-abcdefghijklmnop and AIzaSyA1234567890123456789012345678901');
    expect(String(forSpan['gen_ai.input.messages'])).toContain('my key is REDACTED and REDACTED');
  });

  it('masks credentials in the names of members and in text that is JSON itself', () => {
    const part = { type: 'tool_call', arguments: { 'sk-proj-abcdefghijklmnop': 1, text: '{"key":"line\\nsk-proj-abcdefghijklmnop"}' } };
    const { forSpan } = contentAttributes({ inputMessages: [{ role: 'assistant', parts: [part] }] }, undefined, settle({}, {}));
    expect(JSON.stringify(forSpan)).not.toContain('abcdefgh');
  });

  it('goes through the redaction hook, which may drop it', () => {
    expect(record({ redact: () => undefined }, 'hello')).toEqual({ forSpan: {}, forEvent: {} });
    expect(record({ redact: ({ attribute }) => [attribute] }, 'hello').forSpan).toEqual({ 'gen_ai.input.messages': '["gen_ai.input.messages"]' });
  });

  it('is dropped when the hook throws or returns what has no JSON form', () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    expect(record({ redact: () => cyclic }, 'hello').forSpan).toEqual({});
    expect(
      record(
        {
          redact: () => {
            throw new Error('hook');
          },
        },
        'hello',
      ).forSpan,
    ).toEqual({});
  });

  it('is bounded in bytes, keeping its structure and its newest messages', () => {
    const { forSpan } = record({ limits: { contentBytes: 1_000 } }, ...Array.from({ length: 100 }, (_, i) => `${i} ${'ü'.repeat(500)}`));
    const text = String(forSpan['gen_ai.input.messages']);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_000);
    const kept: { parts: { content: string }[] }[] = JSON.parse(text);
    expect(kept.at(-1)?.parts[0]?.content).toMatch(/^99 /);
  });

  it.each([
    [{ OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '300' }, 300, 300],
    [{ OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '300' }, 300, 65_536],
    [{ OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: '400', OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '300' }, 300, 400],
    [{ OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '4095', OUTSPAN_CONTENT_BYTES: '500' }, 500, 500],
    // The SDK takes these for no limit.
    [{ OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '0', OUTSPAN_CONTENT_BYTES: '500' }, 500, 500],
    [{ OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: 'many', OUTSPAN_CONTENT_BYTES: 'few' }, 65_536, 65_536],
  ])('stays JSON under the limits %j', (env, span, event) => {
    const settings = settle({}, env);
    expect(settings.contentBytes).toEqual({ span, event });
    const { forSpan, forEvent } = contentAttributes({ inputMessages: Array.from({ length: 30 }, (_, i) => message(`${i} ${'ü'.repeat(4_000)}`)) }, undefined, settings);
    const text = String(forSpan['gen_ai.input.messages']);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(span);
    expect(Buffer.byteLength(JSON.stringify(forEvent['gen_ai.input.messages']))).toBeLessThanOrEqual(event);
    expect(JSON.parse(text).at(-1).parts[0].content).toMatch(/^29 ü+…\[truncated\]$/);
  });

  it('is left out where not even its structure fits', () => {
    const { forSpan } = contentAttributes({ inputMessages: [message('hello')] }, undefined, settle({}, { OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '1' }));
    expect(forSpan).toEqual({});
  });

  it('keeps a key named __proto__ as data', () => {
    const value = boundJson([JSON.parse('{"__proto__":{"polluted":true}}')], 1_000);
    expect(JSON.stringify(value)).toBe('[{"__proto__":{"polluted":true}}]');
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});
