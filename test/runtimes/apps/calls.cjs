// What every application here does: one whole call, one that a retry repairs, one stream that is cut. It tells what came of each, and returns the events of the last.

/** @param {typeof import('openai').OpenAI} OpenAI @param {string} baseURL @param {(line: string) => void} say */
module.exports.makeCalls = async (OpenAI, baseURL, say = console.log) => {
  const client = new OpenAI({ apiKey: 'any', baseURL });
  const messages = [{ role: 'user', content: 'Hello' }];
  for (const name of ['whole', 'retried']) {
    const answer = await client.chat.completions.create({ model: 'gpt-4o', messages });
    say(`${name}: ${answer.choices[0]?.finish_reason}, ${answer.choices[0]?.message.content?.length} characters`);
  }
  let events = 0;
  for await (const event of await client.chat.completions.create({ model: 'gpt-4o', messages, stream: true })) events += event.choices.length;
  say(`cut: ${events} events`);
  return events;
};

/** Where the calls of this party go. @param {number} party */
module.exports.baseUrl = (party = 0) => (process.env.BASE_URLS ?? '').split(',')[party] ?? '';
