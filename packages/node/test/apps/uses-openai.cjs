const OpenAI = require('openai');

console.log(JSON.stringify({ openai: typeof OpenAI, started: globalThis[Symbol.for('outspan.node')]?.started }));
