// Says whether the class was hooked as it was imported, and that the module is the same one as without.
import OpenAI from 'openai';
import { readFileSync } from 'node:fs';

const REPLACED = Symbol.for('outspan.sdk-boundary.replaced-methods.v1');
console.log(JSON.stringify({ openai: typeof OpenAI, hooked: Object.hasOwn(OpenAI.prototype, REPLACED), wrapped: import.meta.resolve('openai').includes('?'), read: typeof readFileSync }));
