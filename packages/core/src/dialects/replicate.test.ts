import { describe, expect, it } from 'vitest';
import { readBody } from '../body/reader.ts';
import { encodeUtf8 } from '../platform/bytes.ts';
import type { BodyFacts } from '../verdict/evidence.ts';
import type { AnswerFacts } from './dialect.ts';
import { replicatePredictions } from './replicate.ts';

const url = (path: string): URL => new URL(path, 'https://api.replicate.com');
const bytes = (body: object): Uint8Array => encodeUtf8(JSON.stringify(body));
const answer = (body: unknown, contentBytes = 0): AnswerFacts => replicatePredictions.readAnswer(body, { contentBytes });

const PREDICTION = {
  id: 'gm3qorzdhgbfurvjtvhg6dckhu',
  model: 'meta/meta-llama-3-8b-instruct',
  version: 'hidden',
  input: { prompt: 'hi' },
  logs: '',
  output: null,
  error: null,
  status: 'starting',
  created_at: '2026-11-22T09:00:00.000Z',
  urls: {
    cancel: 'https://api.replicate.com/v1/predictions/gm3qorzdhgbfurvjtvhg6dckhu/cancel',
    get: 'https://api.replicate.com/v1/predictions/gm3qorzdhgbfurvjtvhg6dckhu',
    stream: 'https://stream.replicate.com/v1/files/bcwr-3okdfv3o2wehstv5f2okyftwxy57hhypqsi6osiim5iaq5k7u24a',
  },
};

function stream(text: string, contentBytes = 0): BodyFacts {
  const reader = readBody({ status: 200, contentType: 'text/event-stream' }, replicatePredictions, { operation: 'prediction', stream: true, parameters: {} }, { contentBytes });
  reader.push(encodeUtf8(text));
  return reader.finish({ cleanly: true });
}

describe('replicate.predictions requests', () => {
  it('of a model that is given a prompt generate content', () => {
    expect(replicatePredictions.readRequest(url('/v1/models/meta/meta-llama-3-8b-instruct/predictions'), bytes({ input: { prompt: 'hi', max_tokens: 64 } }))).toEqual({
      operation: 'generate_content',
      model: 'meta/meta-llama-3-8b-instruct',
      stream: false,
      offersTools: false,
      parameters: {},
    });
  });

  it.each([{ input: { image: 'https://example.com/a.png' } }, { input: 'prompt' }, {}])('of any other are predictions, as it may do anything: %j', (body) => {
    expect(replicatePredictions.readRequest(url('/v1/predictions'), bytes(body)).operation).toBe('prediction');
  });

  it('name a version where they name no model', () => {
    expect(replicatePredictions.readRequest(url('/v1/predictions'), bytes({ version: '5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa', input: {} })).model).toBe('5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa');
    expect(replicatePredictions.readRequest(url('/v1/deployments/acme/image-upscaler/predictions'), bytes({ input: {} })).model).toBe('acme/image-upscaler');
  });

  it('for what was created are streams, or ask how it stands', () => {
    expect(replicatePredictions.readRequest(url('/v1/files/bcwr-3okd'), undefined).stream).toBe(true);
    expect(replicatePredictions.readRequest(url('/v1/predictions/abc'), undefined).stream).toBe(false);
    expect(replicatePredictions.readRequest(url('/v1/predictions/abc/cancel'), undefined).stream).toBe(false);
  });

  it('have their prompt as content', () => {
    expect(replicatePredictions.readContent({ input: { prompt: 'hi', system_prompt: 'Be brief.', image: 'data:image/png;base64,AAAA' } })).toEqual({
      inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'hi' }] }],
      systemInstructions: [{ type: 'text', content: 'Be brief.' }],
    });
  });
});

describe('replicate.predictions answers', () => {
  it.each(['starting', 'processing'])('that are %s say where the rest will be asked for', (status) => {
    expect(answer({ ...PREDICTION, status })).toMatchObject({
      id: PREDICTION.id,
      recognised: true,
      terminal: false,
      rest: [`predictions/${PREDICTION.id}`, `${PREDICTION.id}/cancel`, 'files/bcwr-3okdfv3o2wehstv5f2okyftwxy57hhypqsi6osiim5iaq5k7u24a'],
    });
  });

  it('that succeeded count tokens where the model does', () => {
    const done = answer({ ...PREDICTION, status: 'succeeded', output: ['Hel', 'lo'], metrics: { input_token_count: 22, output_token_count: 511, predict_time: 5.9 } }, 100);
    expect(done).toMatchObject({ terminal: true, usage: { input: 22, output: 511 }, messages: [{ role: 'assistant', parts: [{ type: 'text', content: 'Hello' }], finish_reason: 'stop' }] });
    expect(done).not.toHaveProperty('rest');
    expect(answer({ ...PREDICTION, status: 'succeeded', output: 'x', metrics: { predict_time: 1 } })).not.toHaveProperty('usage');
  });

  it('that are files are no text', () => {
    expect(answer({ ...PREDICTION, status: 'succeeded', output: ['https://replicate.delivery/pbxt/out-0.png'] }, 100)).not.toHaveProperty('messages');
  });

  it('that failed are errors under status 200, by Replicate’s code where there is one', () => {
    expect(answer({ ...PREDICTION, status: 'failed', error: 'CUDA out of memory. Tried to allocate 30.00 MiB' }).error).toEqual({ message: 'CUDA out of memory. Tried to allocate 30.00 MiB' });
    expect(answer({ ...PREDICTION, status: 'failed', error: 'The input or output was flagged as sensitive. Please try again with different inputs. (E005)' }).error).toMatchObject({ code: 'E005' });
    expect(answer({ ...PREDICTION, status: 'failed' }).error).toEqual({});
  });

  it.each(['canceled', 'aborted'])('that were %s are the caller’s doing', (status) => {
    expect(answer({ ...PREDICTION, status })).toMatchObject({ terminal: true, cancelled: true });
  });

  it('that are none are not taken for one', () => {
    expect(answer({ id: 'x', status: 'unheard of' })).toMatchObject({ recognised: false });
    expect(answer({ title: 'Unauthenticated', detail: 'You did not pass a valid authentication token', status: 401 }).error).toEqual({ message: 'You did not pass a valid authentication token' });
  });

  it('say where to ask in bounded space', () => {
    expect(answer({ ...PREDICTION, id: 'x'.repeat(10_000) }).rest).toEqual(['files/bcwr-3okdfv3o2wehstv5f2okyftwxy57hhypqsi6osiim5iaq5k7u24a']);
  });
});

describe('replicate.predictions streams', () => {
  const OUTPUT = 'event: output\nid: 1690212292:0\ndata: Once upon\n\nevent: output\nid: 1690212293:0\ndata:  a time\n\n';

  it('hold plain text, and are whole by their last event', () => {
    expect(stream(`${OUTPUT}event: done\nid: 1690212294:0\ndata: {}\n\n`, 100)).toMatchObject({
      form: 'events',
      answer: { terminal: true, finishReasons: [], messages: [{ parts: [{ type: 'text', content: 'Once upon a time' }] }] },
    });
    expect(stream(`${OUTPUT}event: done\nid: 1690212294:0\ndata: {}\n\n`)).not.toHaveProperty('defect');
  });

  it('without it are not whole', () => {
    expect(stream(OUTPUT)).toMatchObject({ answer: { terminal: false } });
    expect(stream(`${OUTPUT}event: output\ndata: there w`)).toMatchObject({ defect: 'incomplete', answer: { terminal: false } });
  });

  it('say why they ended', () => {
    expect(stream(`${OUTPUT}event: done\ndata: {"reason": "canceled"}\n\n`).answer).toMatchObject({ cancelled: true, finishReasons: ['canceled'] });
    expect(stream(`${OUTPUT}event: done\ndata: {"reason": "error"}\n\n`).answer).toMatchObject({ terminal: true, finishReasons: ['error'] });
  });

  it('fail by an event, whatever its form', () => {
    expect(stream(`${OUTPUT}event: error\ndata: {"detail": "An error occurred"}\n\n`).answer?.error).toEqual({ message: 'An error occurred' });
    expect(stream(`${OUTPUT}event: error\ndata: out of memory\n\n`).answer?.error).toEqual({ message: 'out of memory' });
  });
});
