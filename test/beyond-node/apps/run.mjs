import { FetchInstrumentation, traceFetch } from '@outspan/instrumentation-fetch';
import { OpenAIInstrumentation } from '@outspan/instrumentation-openai';
import { makeCalls } from './calls.mjs';
import { play } from './readings.mjs';
import { startTracing } from './tracing.mjs';

const asked = { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer sk-test' } };

/** Plays the readings on answers to requests of an LLM client. */
function read({ names, stream, urls }, fetch) {
  const body = JSON.stringify({ model: 'gpt-5', stream, messages: [{ role: 'user', content: 'Hi' }] });
  return play((name) => fetch(`${urls[name] ?? urls.any}/v1/chat/completions`, { ...asked, body }), names);
}

/** Sends a request to each place, where it fails. An error may tell of a port or a reference that is another one each time. */
async function fail({ urls }, fetch) {
  const results = {};
  for (const [name, url] of Object.entries(urls)) {
    const controller = new AbortController();
    const signal = name.endsWith('deadline') ? AbortSignal.timeout(200) : controller.signal;
    if (name.endsWith('abort')) setTimeout(() => controller.abort(new RangeError('mine')), 100);
    const body = JSON.stringify({ model: 'gpt-5', stream: true, messages: [{ role: 'user', content: 'Hi' }] });
    results[name] = await fetch(`${url}/v1/chat/completions`, { ...asked, body, signal }).then((response) => response.text()).catch((error) => [error.name, error.code ?? null, String(error.message).replaceAll(/:\d+|reference = \w+/g, '')]);
  }
  return results;
}

function perform(task, given) {
  if (task.calls !== undefined) return makeCalls(task.calls, task.urls, given);
  return (task.failures === true ? fail : read)(task, given ?? globalThis.fetch);
}

/**
 * Does what a test asks for, traced or not.
 *
 * @param task as the test has sent it: what to do, how to trace it (`global`, `given`, or not at all), and where spans go
 */
export async function run(task, ContextManager) {
  const provider = task.trace === undefined ? undefined : startTracing(task.otlp, ContextManager);
  const instrumentation = task.trace === 'global' ? new FetchInstrumentation() : undefined;
  const given = task.trace === 'given' ? traceFetch(globalThis.fetch) : undefined;
  const boundaries = task.trace !== undefined && task.calls === 'observed' ? new OpenAIInstrumentation() : undefined;
  const result = await perform(task, given);
  await provider?.forceFlush();
  instrumentation?.disable();
  boundaries?.disable();
  return result;
}
