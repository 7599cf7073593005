import OpenAI from 'openai';
import { baseUrl, makeCalls } from './calls.cjs';

await makeCalls(OpenAI, baseUrl());
process.exit(3);
