import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { observe, OpenAIInstrumentation } from '@outspan/instrumentation-openai';
import OpenAI from 'openai';

/** As that of `@opentelemetry/context-async-hooks`, by what runtimes have in place of Node's module. */
function managerBy(storage) {
  return {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (given, run, self, ...args) => storage.run(given, () => Reflect.apply(run, self, args)),
    bind: (_given, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  };
}

/** Makes a call that is tried twice and a stream, and returns the operations: `sdk 1 [503,200]`. */
export async function calls(baseURL) {
  const exporter = new InMemorySpanExporter();
  if (globalThis.AsyncLocalStorage) context.setGlobalContextManager(managerBy(new globalThis.AsyncLocalStorage()));
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  // That it has nothing to hook here is no reason to fail.
  const instrumentation = new OpenAIInstrumentation();
  const client = new OpenAI({ apiKey: 'key', baseURL, maxRetries: 1, dangerouslyAllowBrowser: true });
  const same = observe(client) === client;
  const messages = [{ role: 'user', content: 'The capital of France?' }];
  const { choices } = await client.chat.completions.create({ model: 'gpt-5', messages });
  let text = '';
  for await (const chunk of await client.chat.completions.create({ model: 'gpt-5', messages, stream: true })) text += chunk.choices[0]?.delta.content ?? '';
  instrumentation.disable();
  const spans = exporter.getFinishedSpans();
  const operations = spans.filter(({ attributes }) => 'gen_ai.operation.name' in attributes);
  return {
    same,
    answers: [choices[0].message.content, text],
    operations: operations.map((operation) => {
      const attempts = spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === operation.spanContext().spanId);
      return `${String(operation.attributes['outspan.operation.boundary'])} ${String(operation.attributes['outspan.retry.count'])} [${attempts.map(({ attributes }) => attributes['http.response.status_code']).join(',')}]`;
    }),
  };
}
