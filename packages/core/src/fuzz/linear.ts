import { ok } from 'node:assert';
import * as fc from 'fast-check';
import { DIALECTS } from '../dialects/catalogue.ts';
import type { DialectId } from '../dialects/dialect.ts';
import { readBody } from '../body/reader.ts';
import { encodeUtf8 } from '../platform/bytes.ts';
import { effortOf } from './effort.ts';
import type { Property } from './property.ts';

/** What repeated a thousand times could cost a thousand times a thousand: quotes, escapes, line ends, brackets, members that are looked for. */
const UNITS: readonly string[] = [
  'a', ' ', '"', '\\', '\\"', '\\\\', '[', '{', '{"a":', '}', ']', ',', '1', '-', 'e', '0', ':', '\0', 'é', '\uFEFF', '🙂', 'null,', '"a":"",', '"id":"x",', '"text":', '"text" ',
  '\n', '\r', '\r\n', ': c\n', 'data', 'data:', 'data: \n', 'data: x\n', 'data: {}\n\n', 'event: e\n', 'event: e\n\n', 'id\n',
  '<', '&', '<!--', '<!-- -->', '<?x?>',
];
/** A place where a repetition, `@`, stands; `as`: who reads that far; `fits`: what may be repeated there for the whole to be an answer. */
interface Place {
  readonly text: string;
  readonly as?: DialectId;
  readonly fits?: readonly string[];
}

const CHARACTERS = ['a', 'é', '\\\\', '\\"', '\\u0041'] as const;
const PLACES: readonly Place[] = [
  { text: '@' },
  { text: '{"a":"@"}', fits: CHARACTERS },
  { text: '[@]' },
  { text: '<html>@' },
  { text: '<!--@' },
  { text: 'data: @\n\n' },
  { text: 'event: @\n\n' },
  { text: ':@\n' },
  { text: '{"id":"x","choices":[@{}]}', as: 'openai.chat', fits: ['{"index":0,"message":{}},', '{"index":0,"message":{"tool_calls":[{"function":{"arguments":"{}"}}]}},'] },
  { text: 'data: {"id":"x","model":"m","choices":[{"index":0,"delta":{"content":"@"}}]}\n\n', as: 'openai.chat', fits: CHARACTERS },
  { text: 'data: {"id":"x","model":"m","choices":[{"index":0,"delta":{@"content":"a"}}]}\n\n', as: 'openai.chat', fits: ['"content":"a",', '"created":1,', '"a":"",'] },
  { text: 'data: {"id":"x","choices":[{"index":0,"delta":{"tool_calls":[@{"index":0}]}}]}\n\n', as: 'openai.chat', fits: ['{"index":0,"function":{"arguments":"a"}},', '{"index":0,"id":"a"},{"index":0,"id":"b"},'] },
  { text: '[{"candidates":[{"content":{"parts":[@{}]}}]}]', as: 'gemini.generate_content', fits: ['{"text":"a"},', '{"functionCall":{"name":"f","args":{}}},'] },
  { text: 'data: {"candidates":[{"content":{"parts":[@{"text":"a"}]}}]}\n\n', as: 'gemini.generate_content', fits: ['{"text":"a"},', '{"text":""},', '{"text":"a","thought":true},'] },
  { text: 'data: {"candidates":[{"content":{"parts":[{"text":"@"}]}}]}\n\n', as: 'gemini.generate_content', fits: CHARACTERS },
  { text: 'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta",@"text":"a"}}\n\n', as: 'anthropic.messages', fits: ['"text":"a",', '"a":"",'] },
  { text: 'data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"@"}}\n\n', as: 'anthropic.messages', fits: [...CHARACTERS, '['] },
  { text: 'data: {"type":"response.output_text.delta","output_index":0,@"delta":"a"}\n\n', as: 'openai.responses', fits: ['"delta":"a",', '"sequence_number":1,'] },
  { text: 'data: {"type":"response.completed","response":{"object":"response","output":[@{}]}}\n\n', as: 'openai.responses', fits: ['{"type":"function_call","arguments":"{}"},', '{"type":"message"},'] },
  { text: '{"model":"m","message":{"content":"@"},"done":false}\n', as: 'ollama.chat', fits: CHARACTERS },
  { text: '{"model":"m","message":{"tool_calls":[@{}]},"done":false}\n', as: 'ollama.chat', fits: ['{"function":{"name":"f","arguments":{}}},'] },
  { text: '@', as: 'ollama.generate', fits: ['{"model":"m","response":"a","done":false}\n', '{"done":true}\n'] },
  { text: '{"is_finished":false,"event_type":"text-generation",@"text":"a"}\n', as: 'cohere.v1_chat', fits: ['"text":"a",', '"a":"",'] },
  { text: 'data: {"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"@"}}}}}\n\n', as: 'cohere.chat', fits: [...CHARACTERS, '['] },
  { text: '{"id":"x","results":[@{"index":0}]}', as: 'cohere.rerank', fits: ['{"index":0,"relevance_score":0.5},'] },
  { text: '{"id":"x","embeddings":{@"float":[[1]]}}', as: 'cohere.embed', fits: ['"float":[[1]],', '"int8":[[1]],'] },
  { text: '{"object":"list","data":[@{"embedding":[1]}]}', as: 'openai.embeddings', fits: ['{"embedding":[1]},'] },
];

const anything = fc.oneof(fc.constantFrom(...UNITS), fc.array(fc.constantFrom(...UNITS), { minLength: 2, maxLength: 3 }).map((units) => units.join('')));
const repeated = fc.constantFrom(...PLACES).chain((place) => fc.tuple(fc.constant(place), place.fits === undefined ? anything : fc.oneof({ arbitrary: fc.constantFrom(...place.fits), weight: 2 }, anything), place.as === undefined ? fc.constantFrom(...DIALECTS) : fc.constantFrom(...DIALECTS.filter(({ id }) => id === place.as))));
const SIZES = [4_096, 65_536] as const;
const FACTOR = SIZES[1] / SIZES[0];
/**
 * Growth is the factor where work is linear, its square where it is quadratic. What is small is read in cheaper ways: an event
 * of one long run of lines, in pieces, costs more a byte beyond 16 KB than below, and the same for each byte from there on.
 */
const MOST_GROWTH = FACTOR * 3;
/** Where less than a step a byte is done, as by native code, nothing is told. */
const CONSTANT = SIZES[0];

/** Any bytes take time in proportion to their number. */
export const LINEAR: readonly Property[] = [
  {
    tried: 'Repetitions made to be slow (quotes, escapes, brackets, line ends, wanted members) of 4 KB and of 64 KB, whole, in pieces and byte by byte, as every dialect; counted in steps of code and native bytes, not in time',
    result: 'Never more than three times the work of a linear reader.',
    runs: 300,
    property: fc.property(
      repeated, fc.constantFrom(1, 61, 4_096, Infinity, Infinity), fc.boolean(), fc.boolean(), fc.constantFrom(1_000, 1_048_576),
      ([{ text }, unit, dialect], step, offersTools, twice, responseBytes) => {
        const effort = (size: number): number => {
          const one = text.replace('@', () => unit.repeat(Math.ceil(size / unit.length)));
          // A second event meets what was learnt from the first.
          const bytes = encodeUtf8(twice ? one + one : one);
          const request = { operation: dialect.operation, stream: true, parameters: {}, offersTools };
          const read = (): void => {
            const reader = readBody({ status: 200, contentType: text.startsWith('data') ? 'text/event-stream' : 'application/json' }, dialect, request, { contentBytes: 0, caps: { responseBytes } });
            for (let at = 0; at < bytes.length; at += Math.min(step, bytes.length)) reader.push(bytes.subarray(at, at + step));
            reader.finish({ cleanly: true });
          };
          return effortOf(read);
        };
        const [once, more] = [effort(SIZES[0]), effort(SIZES[1])];
        ok(more <= MOST_GROWTH * Math.max(once, CONSTANT), `work grew ${(more / once).toFixed(1)} times (${Math.round(once)} to ${Math.round(more)})`);
      },
    ),
  },
];
