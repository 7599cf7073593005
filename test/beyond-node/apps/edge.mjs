/** A worker as its author writes it: everything is set up where the module is loaded. */
import { env } from 'cloudflare:workers';
import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { FetchInstrumentation, flush } from '@outspan/instrumentation-fetch';
import OpenAI from 'openai';

trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${env.OTLP}/v1/traces` }) })] }));
// oxlint-disable-next-line no-new -- it is on from here
new FetchInstrumentation();

const client = new OpenAI({ apiKey: 'sk-test', baseURL: env.BASE_URL });
const messages = [{ role: 'user', content: 'Hi' }];

const handlers = {
  async '/unary'() {
    const answer = await client.chat.completions.create({ model: 'gpt-5', messages });
    return new Response(answer.choices[0].message.content);
  },
  /** The stream goes on after the handler has returned. */
  async '/stream'() {
    const stream = await client.chat.completions.create({ model: 'gpt-5', messages, stream: true });
    return new Response(stream.toReadableStream());
  },
  /** Handed on natively: nothing of the body passes through the worker's own code. */
  async '/handed-on'() {
    return fetch(`${env.BASE_URL}/chat/completions`, { method: 'POST', headers: { authorization: 'Bearer sk-test' }, body: JSON.stringify({ model: 'gpt-5', messages, stream: true }) });
  },
};

export default {
  async fetch(request, _env, ctx) {
    const response = await handlers[new URL(request.url).pathname]();
    ctx.waitUntil(flush({ wait: 5_000 }));
    return response;
  },
};
