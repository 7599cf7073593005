// Starts a provider that misbehaves, runs the application against it with Outspan imported, and sets what the
// application saw beside what happened.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { startFaultProvider } from '@outspan/fault-provider';

/** What each call of the application meets. */
const SCRIPTS = {
  healthy_chat: 'ok',
  healthy_stream: 'ok',
  healthy_claude: 'ok',
  repaired_by_retries: 'bad_gateway_page,unavailable,ok',
  gateway_down: 'bad_gateway_page',
  rate_limited: 'rate_limited',
  out_of_quota: 'quota_exhausted',
  overloaded_claude: 'overloaded',
  cut_stream: 'stream_cut_between_events',
  cut_claude_stream: 'stream_cut_between_events',
  html_under_200: 'html_200',
  half_tool_call: 'tool_arguments_half_claimed_whole',
  stopped_by_us: 'ok_slow',
};

const provider = await startFaultProvider();
const sessions = Object.entries(SCRIPTS).map(([call, script]) => [call, provider.session(script)]);
const receiver = await startReceiver(process.env.OTEL_EXPORTER_OTLP_ENDPOINT);

const app = spawn(process.execPath, ['--import', '@outspan/node/register', 'app.mjs'], {
  cwd: fileURLToPath(new URL('.', import.meta.url)),
  stdio: ['ignore', 'pipe', 'inherit'],
  env: {
    OTEL_SERVICE_NAME: 'outspan-demo',
    ...process.env,
    OUTSPAN_CONSOLE: 'tree',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    DEMO_BASE_URLS: JSON.stringify(Object.fromEntries(sessions.map(([call, session]) => [call, session.baseUrl]))),
  },
});
const exited = once(app, 'exit');
const seen = (await text(app.stdout))
  .split('\n')
  .filter((line) => line.startsWith('{'))
  .map((line) => JSON.parse(line));
const [code] = await exited;
await receiver.close();
await provider.close();

const happened = whatHappened(receiver.spans, sessions);
printTable(['call', 'what the application saw', 'what happened'], seen.map(({ call, saw }) => [call, saw, happened.get(call) ?? 'nothing was recorded']));
process.exitCode = code ?? 1;

/** One sentence a call, from the spans alone. */
function whatHappened(spans, sessions) {
  const bySession = new Map(sessions.map(([call, session]) => [new URL(session.baseUrl).pathname, call]));
  const result = new Map();
  for (const attempt of spans) {
    const path = /\/s\/[^/]+/.exec(attempt.attributes['url.full'] ?? '')?.[0];
    const call = bySession.get(path);
    const operation = spans.find((span) => span.spanId === attempt.parentSpanId && span.attributes['gen_ai.operation.name'] !== undefined);
    if (call !== undefined && operation !== undefined) result.set(call, sentence(operation.attributes));
  }
  return result;
}

function sentence(attributes) {
  const retries = attributes['outspan.retry.count'] ?? 0;
  const repeated = retries === 0 ? '' : ` after ${retries} ${retries === 1 ? 'retry' : 'retries'}`;
  const errorClass = attributes['outspan.error.class'];
  const truncation = attributes['outspan.response.truncation.kind'];
  if (errorClass !== undefined) {
    return `FAILED${repeated}: ${errorClass}${truncation === undefined ? '' : ` (${truncation})`}, on the side of: ${attributes['outspan.error.origin']}`;
  }
  if (attributes['outspan.operation.cancelled']) return `cancelled by the application${repeated}`;
  return `whole${repeated}`;
}

function printTable(head, rows) {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = (cells) => cells.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd();
  console.log(['', line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line), ''].join('\n'));
}

/** Takes OTLP/JSON like any backend, and passes it on to `forwardTo`, if that is given. */
async function startReceiver(forwardTo) {
  const spans = [];
  const forwarded = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    for (const { scopeSpans } of JSON.parse(body).resourceSpans ?? []) {
      for (const { spans: some } of scopeSpans) for (const span of some) spans.push({ ...span, attributes: plain(span.attributes) });
    }
    if (forwardTo !== undefined) forwarded.push(forward(forwardTo, request, body));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    spans,
    async close() {
      await Promise.all(forwarded);
      server.closeAllConnections();
      server.close();
    },
  };
}

async function forward(endpoint, request, body) {
  const { host, connection, 'content-length': length, 'transfer-encoding': encoding, ...headers } = request.headers;
  try {
    const response = await fetch(`${endpoint.replace(/\/$/, '')}${request.url}`, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) });
    if (!response.ok) console.error(`The OTLP endpoint answered ${response.status}.`);
  } catch (error) {
    console.error(`The OTLP endpoint could not be reached: ${error.cause?.code ?? error.name}.`);
  }
}

function plain(attributes) {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.boolValue ?? (value.intValue === undefined ? value.doubleValue : Number(value.intValue))]));
}
