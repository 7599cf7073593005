import OpenAI from 'openai';
import { baseUrl, makeCalls } from './calls.cjs';

await makeCalls(OpenAI, baseUrl()).catch((error) => console.log(`${error.constructor.name}: ${error.message}, ${error.cause?.cause?.message}`));
