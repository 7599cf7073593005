import { linked, type Files } from './project.ts';

/** A provider on loopback that answers every chat. */
const PROVIDER = `
const { createServer } = require('node:http');
const answer = { id: 'c1', object: 'chat.completion', model: 'gpt-5', created: 1, choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hi' } }] };
exports.serve = async (use) => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(JSON.stringify(answer)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use('http://127.0.0.1:' + server.address().port + '/v1');
  } finally {
    server.close();
    server.closeAllConnections();
  }
};
exports.ASK = { model: 'gpt-5', messages: [{ role: 'user', content: 'Hi' }] };
`;

/** Makes one call by openai, whichever way it came by it. */
const CALL = `
await serve(async (baseURL) => {
  const answer = await new OpenAI({ apiKey: 'sk-canary-0123456789', baseURL }).chat.completions.create(ASK);
  console.log('answered', answer.choices[0].message.content);
});
`;

/** An application with the real openai and Outspan, that makes one call: as an ES module and as CommonJS. */
export const APPLICATION: Files = {
  ...linked('@outspan/node', 'openai', '@opentelemetry/api', '@opentelemetry/sdk-node', '@opentelemetry/sdk-trace'),
  'package.json': {
    name: 'application',
    scripts: { start: 'node app.mjs', traced: 'node --import @outspan/node/register app.mjs' },
    dependencies: { openai: '*', '@outspan/node': '*' },
  },
  'provider.cjs': PROVIDER,
  'app.mjs': `import OpenAI from 'openai';\nimport { serve, ASK } from './provider.cjs';\n${CALL}`,
  'app.cjs': `const OpenAI = require('openai');\nconst { serve, ASK } = require('./provider.cjs');\n(async () => {${CALL}})();`,
};

export const REGISTER: readonly string[] = ['--import', '@outspan/node/register'];
export const INSTRUMENT: readonly string[] = ['--import', '@outspan/node/instrument'];
