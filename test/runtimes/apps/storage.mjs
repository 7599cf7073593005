// Says what its AsyncLocalStorage holds wherever a call leads: in awaits, loops, listeners, timers and a fetch of its own.
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import OpenAI from 'openai';
import { baseUrl } from './calls.cjs';

const storage = new AsyncLocalStorage();
const say = (where) => console.log(`${where}: ${storage.getStore()}`);
const client = new OpenAI({ apiKey: 'any', baseURL: baseUrl() });
const own = new OpenAI({
  apiKey: 'any',
  baseURL: baseUrl(),
  fetch: async (...request) => {
    say('in its fetch');
    const response = await fetch(...request);
    say('after its fetch');
    return response;
  },
});
const question = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] };
const ask = (by = client) => by.chat.completions.create(question);
const listen = () => client.chat.completions.create({ ...question, stream: true });

storage.enterWith('entered');
const answer = ask();
say('while a call is under way');
storage.enterWith('entered while a call is under way');
await answer;
say('after the call');
await ask().withResponse();
say('after withResponse');
await ask().asResponse().then(() => say('in a then'));
await storage.run('run', async () => {
  say('before a stream');
  let entered = 0;
  for await (const event of await listen()) {
    say(`in the loop${event.choices.length}`);
    if (entered++ === 1) storage.enterWith('entered in the loop');
  }
  say('after the loop');
});
say('after run');
const snapshot = storage.run('snapshot', () => AsyncLocalStorage.snapshot());
await snapshot(async () => {
  await ask();
  say('in the snapshot');
});
const bound = storage.run('bound', () => AsyncResource.bind(() => say('in what is bound')));
await ask().then(bound);
await storage.run('own fetch', () => ask(own));
await storage.run('helper', async () => {
  const runner = client.chat.completions.stream(question).on('content', () => say('in a listener')).on('end', () => say('at the end'));
  storage.enterWith('entered beside the helper');
  await runner.finalContent();
  say('after the helper');
});
await Promise.all(
  ['one', 'two', 'three'].map((name) =>
    storage.run(name, async () => {
      await ask();
      say(`side by side, ${name}`);
      storage.enterWith(`${name}, entered`);
      for await (const _ of await listen()) storage.enterWith(`${name}, in the loop`);
      say(`side by side, ${name}`);
    }),
  ),
);
await storage.exit(() => ask().then(() => say('outside')));
setTimeout(say, 1, 'in a timer');
