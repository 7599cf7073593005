import OpenAI from 'openai';
import { expect, it } from 'vitest';
import { baseUrl, makeCalls } from '../calls.cjs';

it('calls the provider', async () => {
  expect(await makeCalls(OpenAI, baseUrl(1), (line) => process.stdout.write(`${line}\n`))).toBe(5);
}, 20_000);
