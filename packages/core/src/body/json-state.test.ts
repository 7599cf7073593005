import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonCompleteness, JsonProgress } from './json-state.ts';

describe('jsonCompleteness', () => {
  it.each([
    ['{"city":"Paris"}', 'whole'],
    [' [1, 2.5e-3, true, null] \n', 'whole'],
    ['0', 'whole'],
    ['-12.50', 'whole'],
    ['"\\u00e9\\n"', 'whole'],
    ['{}', 'whole'],
    ['', 'empty'],
    [' \n\t', 'empty'],
    ['{"city":"Par', 'incomplete'],
    ['{"city"', 'incomplete'],
    ['{"a":tru', 'incomplete'],
    ['{"a":-', 'incomplete'],
    ['{"a":1.', 'incomplete'],
    ['{"a":1e', 'incomplete'],
    ['{"a":"\\u00', 'incomplete'],
    ['{"a":"\\', 'incomplete'],
    ['[1,', 'incomplete'],
    ['{"a":1,', 'incomplete'],
    ['-', 'incomplete'],
    ['{"a":1,}', 'invalid'],
    ['[1,]', 'invalid'],
    ['[1 2]', 'invalid'],
    ['{a:1}', 'invalid'],
    ['{"a":01}', 'invalid'],
    ['{"a":1.}', 'invalid'],
    ['{"a":"\n"}', 'invalid'],
    ['{"a":"\\x"}', 'invalid'],
    ['{"a":1]', 'invalid'],
    ['{} {}', 'invalid'],
    ['}', 'invalid'],
    ['<html>', 'invalid'],
    ['nul1', 'invalid'],
    ['\uFEFF{}', 'invalid'],
  ] as const)('calls %j %s', (text, expected) => {
    expect(jsonCompleteness(text)).toBe(expected);
  });

  it('calls every proper prefix of a document incomplete, and the document whole', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = JSON.stringify(value);
        expect(jsonCompleteness(text)).toBe('whole');
        for (let end = 1; end < text.length; end++) expect(jsonCompleteness(text.slice(0, end))).toBe('incomplete');
      }),
      { numRuns: 30 },
    );
  });

  it('calls whole exactly what JSON.parse takes', () => {
    const parses = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const pieces = fc.array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', 'u', '0', '1', '-', '.', 'e', '+', 'true', 'null', ' ', 'a'), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        expect(jsonCompleteness(text) === 'whole').toBe(parses(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('says the same however the text is cut into pieces', () => {
    const text = '{"a":[1.5e+10,"\\ud83d\\udc69",{"b":null}],"c":"é"}';
    const progress = new JsonProgress();
    for (const character of text) progress.push(character);
    expect(progress.state).toBe('whole');
  });

  it('calls nesting past its depth invalid instead of keeping state for it', () => {
    expect(jsonCompleteness('['.repeat(9_000))).toBe('incomplete');
    expect(jsonCompleteness('['.repeat(1_000_000))).toBe('invalid');
  });
});
