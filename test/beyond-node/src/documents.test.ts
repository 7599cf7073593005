import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE, run } from './process.ts';
import { startReceiver } from './receiver.ts';
import { commandOf, executables, haveRuntimes } from './task.ts';
import { serve } from './workerd.ts';

const ROOT = new URL('../../../', import.meta.url);

/** The blocks of a document that are run here, by the runtime that its mark names. */
async function blocksOf(path: string, runtime: string): Promise<string[]> {
  const text = await readFile(new URL(path, ROOT), 'utf8');
  const marked = new RegExp(`<!-- test: skip because test/beyond-node runs it on ${runtime} -->\\n\`\`\`\\w+\\n([^]*?)\\n\`\`\``, 'g');
  return Array.from(text.matchAll(marked), ([, code = '']) => code);
}

let provider: FaultProvider;
let folder: string;
beforeAll(async () => {
  provider = await startFaultProvider();
  // Inside of the package, so that snippets find its dependencies.
  folder = await mkdtemp(join(PACKAGE, 'snippets-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await provider.close();
});

const APP = `import OpenAI from 'openai';
const answer = await new OpenAI().chat.completions.create({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'Say hello in one word.' }] });
console.log(answer.choices[0].message.content);
`;

describe.runIf(haveRuntimes)('what the documents tell to run', () => {
  it.each(['bun', 'deno'] as const)('runs on %s', async (name) => {
    const blocks = await blocksOf('docs/runtimes.md', name);
    expect(blocks).toHaveLength(1);
    const receiver = await startReceiver();
    await writeFile(join(folder, 'app.mjs'), APP);
    // As it is written, but for where the runtime is and, of Deno, what tells it that this is a workspace's package.
    const [executable = '', , ...options] = commandOf(name);
    const script = (blocks[0] ?? '')
      .replace('http://localhost:4318', receiver.url)
      .replace('npm:@outspan/node/register', join(PACKAGE, 'node_modules/@outspan/node/dist/register.mjs'))
      .replace(' bun ', ` ${executable} `)
      .replace(' deno run ', ` ${executable} run ${options.join(' ')} `)
      .replace('app.mjs', join(folder, 'app.mjs'));
    const { code, stdout } = await run(['bash', '-c', script], { OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: `${provider.session('ok').baseUrl}/v1`, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' });
    receiver.close();
    expect([code, stdout]).toEqual([0, expect.stringContaining('Paris')]);
    expect(receiver.calls().map(({ operation }) => operation.name)).toEqual(['chat gpt-5-mini']);
  });

  it('runs on workerd', async () => {
    const [worker = '', ...more] = await blocksOf('packages/instrumentation-fetch/README.md', 'workerd');
    expect(more).toEqual([]);
    await writeFile(join(folder, 'worker.mjs'), worker);
    const receiver = await startReceiver();
    const served = await serve(executables().workerd, join(folder, 'worker.mjs'), ['nodejs_als'], {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OPENAI_API_KEY: 'sk-test',
      OPENAI_BASE_URL: `${provider.session('ok_slow').baseUrl}/v1`,
    });
    try {
      expect(await (await fetch(served.url)).text()).toContain('chat.completion.chunk');
      for (let tries = 0; tries < 200 && receiver.calls().length === 0; tries++) await new Promise((resolve) => setTimeout(resolve, 50));
      expect(receiver.calls().map(({ operation }) => [operation.name, operation.failed])).toEqual([['chat gpt-5-mini', false]]);
    } finally {
      served.stop();
      receiver.close();
    }
  });
});
