// A reload as process managers do it: the old worker is told to stop (SIGINT) while its calls are under way, finishes them and
// leaves; the new one has begun to work by then.
import cluster from 'node:cluster';
import OpenAI from 'openai';
import { baseUrl, makeCalls } from './calls.cjs';

if (cluster.isPrimary) {
  const old = cluster.fork({ PARTY: '0' });
  old.on('message', () => {
    const next = cluster.fork({ PARTY: '1' });
    next.on('message', () => old.process.kill('SIGINT'));
  });
} else {
  let leave = () => {};
  const left = new Promise((resolve) => (leave = resolve));
  process.on('SIGINT', leave);
  await makeCalls(OpenAI, baseUrl(Number(process.env.PARTY)), (line) => {
    if (line.startsWith('whole')) process.send?.('working');
    console.log(line);
  });
  if (process.env.PARTY === '0') await left;
  cluster.worker?.disconnect();
}
