/** The provider, in a process of its own: its memory and its CPU are not the application's. */
import { startFaultProvider } from '@outspan/fault-provider';
import { FAULTS_MET } from './faults-met.ts';
import type { Endpoints } from './messages.ts';
import type { Plan } from './plan.ts';

const plan: Plan = JSON.parse(process.argv[2] ?? '');
const provider = await startFaultProvider({ logLimit: 1, loggedBodyBytes: 0, retryAfterSeconds: 0, hugeBodyBytes: 500_000, hugeEventBytes: 200_000 });
const endpoints: Endpoints = {
  steady: provider.session('ok_slow', { textEvents: plan.streamEvents, tokenDelayMs: plan.streamPause }).baseUrl,
  brisk: provider.session('ok_slow', { textEvents: plan.streamEvents, tokenDelayMs: Math.min(20, plan.streamPause) }).baseUrl,
  idle: provider.session('ok_slow', { textEvents: Math.ceil((plan.minutes * 60_000) / plan.idlePause) + 1_000, tokenDelayMs: plan.idlePause }).baseUrl,
  shaky: provider.session({ ok: 1, bad_gateway_page: 1, rate_limited: 1, reset_before_head: 1 }).baseUrl,
  faults: Object.fromEntries(FAULTS_MET.map((id) => [id, provider.session(id).baseUrl])),
};

// Without a parent there is nobody to serve.
process.once('disconnect', () => process.exit());
process.on('message', () => process.send?.({ sockets: provider.openSockets() }));
process.send?.({ endpoints });
