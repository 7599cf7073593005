// Two workers that call at once and then leave the cluster; the primary calls nobody.
import cluster from 'node:cluster';
import OpenAI from 'openai';
import { baseUrl, makeCalls } from './calls.cjs';

if (cluster.isPrimary) {
  for (const party of ['0', '1']) cluster.fork({ PARTY: party });
} else {
  await makeCalls(OpenAI, baseUrl(Number(process.env.PARTY)));
  cluster.worker?.disconnect();
}
