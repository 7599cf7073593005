import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ContentReport } from './fixtures/run-content.ts';

const RUNNER = fileURLToPath(new URL('fixtures/run-content.ts', import.meta.url));

async function run(...args: readonly string[]): Promise<ContentReport> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', RUNNER, ...args], { timeout: 60_000 });
  expect(stderr).toBe('');
  // Written by the fixture next to this file.
  return JSON.parse(stdout) as ContentReport;
}

describe.concurrent.for([['@modelcontextprotocol/sdk-10', 'esm'], ['@modelcontextprotocol/sdk-32', 'cjs'], ['@modelcontextprotocol/2-4', 'esm']] as const)('%s, %s', ([sdk, form]) => {
  it('has what a prompt was asked with as its variables, and the whole result of a tool, on both sides', { timeout: 60_000 }, async () => {
    const { spans } = await run(sdk, form, 'captured');
    const of = (name: string): readonly Readonly<Record<string, unknown>>[] => spans.filter((span) => span.name === name).map(({ attributes }) => attributes);
    const prompts = of('prompts/get greeting');
    expect(prompts).toHaveLength(2);
    for (const attributes of prompts) {
      expect(attributes).toMatchObject({ 'gen_ai.prompt.name': 'greeting', 'gen_ai.prompt.variable.who': 'Ada', [`gen_ai.prompt.variable.${'x'.repeat(64)}`]: 'long' });
      expect(attributes).not.toHaveProperty('gen_ai.tool.call.arguments');
    }
    const tools = of('tools/call get_weather');
    expect(tools).toHaveLength(2);
    for (const attributes of tools) {
      expect(JSON.parse(String(attributes['gen_ai.tool.call.result']))).toMatchObject({ content: [{ type: 'text', text: 'sunny' }], structuredContent: { degrees: 21 } });
      expect(attributes['gen_ai.tool.call.arguments']).toBe('{"city":"Paris"}');
    }
  });

  it('has neither where content is not captured, and counts the connection once on each side', { timeout: 60_000 }, async () => {
    const { sessions, spans } = await run(sdk, form);
    expect(JSON.stringify(spans)).not.toMatch(/Ada|sunny|Paris/);
    const labels = { 'mcp.protocol.version': expect.stringMatching(/^20\d\d-\d\d-\d\d$/) };
    expect(sessions).toEqual({ 'mcp.client.session.duration': [labels], 'mcp.server.session.duration': [labels] });
  });
});
