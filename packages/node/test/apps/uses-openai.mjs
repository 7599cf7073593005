// Says whether the import was hooked. An ES module that nobody hooks has no query in its URL.
import OpenAI from 'openai';
import { readFileSync } from 'node:fs';

console.log(JSON.stringify({ openai: typeof OpenAI, hooked: import.meta.resolve('openai').includes('iitm'), others: import.meta.resolve('@opentelemetry/api').includes('iitm'), read: typeof readFileSync }));
