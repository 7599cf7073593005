import { expect, it } from 'vitest';
import { receiveHttp } from './receiver.ts';
import { diagLines, start } from './run.ts';

it('shuts down once where a signal comes while the process is ending by itself', async () => {
  const receiver = await receiveHttp({ answer: 'never' });
  const app = start({
    app: ['one-call.mjs'],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OUTSPAN_FLUSH_TIMEOUT: '3000' },
  });
  // The last export is under way.
  while (receiver.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  app.kill('SIGTERM');
  const ended = await app.ended;
  await receiver.close();
  expect(diagLines(ended).filter((line) => line.includes('only be called once'))).toEqual([]);
});
