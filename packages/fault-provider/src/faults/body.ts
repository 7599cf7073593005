import type { Reply } from '../wire/reply.ts';
import { utf8, wholeReply } from '../wire/reply.ts';
import { documentReply, halfDocumentReply, jsonType, okHead, textAnswer } from './answers.ts';
import { defineFault } from './define.ts';
import { type Cell, DIALECTS, DOCUMENTS, type Fault, type Judgement, MODES, type Play } from './fault.ts';
import { cut, LOST, malformed, SERVER_ERROR, STALLED } from './judgements.ts';
import { nginxPage } from './pages.ts';

const UNARY = { dialects: DIALECTS, modes: ['unary'] } as const;
const UNARY_DOCUMENT = { dialects: DOCUMENTS, modes: ['unary'] } as const;

/** Bytes that a Content-Length promises after the last one of the document. */
const OWED_AFTER_JSON = 50;

/** Stainless SDKs hand out what they got, as a string or `undefined`; openai's `responses.create` trips over it (measured). */
const handsOut = ({ dialect, mode }: Cell): 'silent' | undefined =>
  dialect === 'gemini.generate_content' || (dialect === 'openai.responses' && mode === 'unary') ? undefined : 'silent';
/** An object is handed out by every one; Google's stream alone looks for an error. */
const handsOutError = ({ dialect, mode }: Cell): 'silent' | undefined => (dialect === 'gemini.generate_content' && mode === 'stream' ? undefined : 'silent');

/** A document of which half is sent, or all of it with its framing still open. */
function broken(how: { readonly framing: Reply['framing']; readonly ending: Reply['ending']; readonly afterJson?: true }): Play {
  return (call, dialect) => {
    const sent = (how.afterJson ? documentReply : halfDocumentReply)(textAnswer(call), call, dialect);
    const promised = how.framing === 'length' && how.ending !== 'complete';
    return { ...sent, framing: how.framing, ending: how.ending, owed: promised ? sent.owed + (how.afterJson ? OWED_AFTER_JSON : 0) : 0 };
  };
}

type Row = readonly [id: string, title: string, play: Play, judgement: Judgement, whenResetIsHidden?: Judgement];

/** Broken in ways that only the document itself gives away. */
const TOLD_BY_THE_DOCUMENT: ReadonlySet<string> = new Set(['close_delimited_fin', 'close_delimited_reset', 'json_half']);

const BROKEN: readonly Row[] = [
  ['length_reset', 'Half of a body with a Content-Length, then a reset.', broken({ framing: 'length', ending: 'reset' }), LOST],
  ['length_fin', 'Half of a body with a Content-Length, then the connection is closed.', broken({ framing: 'length', ending: 'fin' }), LOST],
  // A client that obeys the framing hands the document out to nobody, so that all of its bytes came helps no one.
  ['length_reset_after_json', 'All of the JSON, yet less than the Content-Length promised, then a reset.', broken({ framing: 'length', ending: 'reset', afterJson: true }), LOST],
  ['length_fin_after_json', 'All of the JSON, yet less than the Content-Length promised, then the connection is closed.', broken({ framing: 'length', ending: 'fin', afterJson: true }), LOST],
  ['chunked_reset', 'Half of a chunked body, then a reset.', broken({ framing: 'chunked', ending: 'reset' }), LOST],
  ['chunked_fin', 'Half of a chunked body, then the connection is closed without the last chunk.', broken({ framing: 'chunked', ending: 'fin' }), LOST],
  ['chunked_reset_after_json', 'All of the JSON in a chunked body, then a reset before the last chunk.', broken({ framing: 'chunked', ending: 'reset', afterJson: true }), LOST],
  ['chunked_fin_after_json', 'All of the JSON in a chunked body, then the connection is closed without the last chunk.', broken({ framing: 'chunked', ending: 'fin', afterJson: true }), LOST],
  // Where the end of the connection is the end of the body, a close breaks no promise: only the JSON tells.
  ['close_delimited_fin', 'Half of a body that the end of the connection delimits, then that end.', broken({ framing: 'close', ending: 'complete' }), cut('json_incomplete')],
  ['close_delimited_reset', 'Half of a body that the end of the connection delimits, then a reset.', broken({ framing: 'close', ending: 'reset' }), LOST, cut('json_incomplete')],
  ['json_half', 'A whole HTTP body that holds half of the JSON.', broken({ framing: 'length', ending: 'complete' }), cut('json_incomplete')],
  ['hang_in_body', 'Half of the body, then silence.', broken({ framing: 'length', ending: 'hang' }), STALLED],
];

/** Documents that do not come whole, or are none. */
export const BODY_FAULTS: readonly Fault[] = [
  ...BROKEN.map(([id, title, play, judgement, hidden]) => defineFault({ id, title, applies: TOLD_BY_THE_DOCUMENT.has(id) ? UNARY_DOCUMENT : UNARY, judgement, play, ...(hidden && { whenResetIsHidden: hidden }) })),
  defineFault({
    id: 'invalid_json_200',
    aliases: ['invalid_json'],
    title: 'A 200 of the provider whose body is not JSON, though it says so.',
    applies: UNARY_DOCUMENT,
    judgement: malformed('provider'),
    play(call, dialect) {
      const whole = documentReply(textAnswer(call), call, dialect);
      // The place where a value should be, so that it is no prefix of anything. Vectors may be all there is.
      return { ...whole, body: [...whole.body].map(({ bytes }) => ({ bytes: utf8(Buffer.from(bytes).toString().replace(/":|\[/, '$&,')) })) };
    },
  }),
  defineFault({
    id: 'html_200',
    title: 'A 200 with the page of a proxy instead of an answer.',
    applies: { dialects: DIALECTS, modes: MODES },
    judgement: malformed('gateway'),
    sdk: handsOut,
    play: () => wholeReply({ status: 200, headers: { server: 'nginx', 'content-type': 'text/html' } }, nginxPage('Welcome to nginx!')),
  }),
  defineFault({
    id: 'empty_200',
    title: 'A 200 of the provider with no body.',
    applies: UNARY,
    // Ollama and Replicate sign nothing: whether it wrote the head, or something in front of it did, nobody can tell.
    judgement: ({ dialect }) => malformed(/^(?:ollama|replicate)\./.test(dialect) ? 'gateway' : 'provider'),
    sdk: handsOut,
    play: (call, dialect) => wholeReply(okHead(call, dialect), ''),
  }),
  defineFault({
    id: 'error_json_200',
    title: "A 200 whose body is the provider's error document.",
    applies: { dialects: DIALECTS, modes: MODES },
    judgement: SERVER_ERROR,
    sdk: handsOutError,
    play: (call, dialect) => wholeReply({ status: 200, headers: { 'content-type': jsonType(call), ...dialect.headers(call) } }, JSON.stringify(dialect.error('server_error', 500, call))),
  }),
];
