import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How one provider's calls came out, as the service saw them. */
export interface Seen {
  readonly succeeded: number;
  readonly failed: number;
}

/** A running `fixtures/service.mjs`: it calls OpenAI and Anthropic all the time. */
export interface Service {
  /** What it wrote to standard error. */
  stderr(): string;
  /** Lets it make its last calls and send its last telemetry; what it counted itself. */
  stop(): Promise<Readonly<Record<'openai' | 'anthropic', Seen>>>;
}

/** What a service is, and whom it calls. */
export interface ServiceOptions {
  readonly name: string;
  readonly version: string;
  /** `baseUrl`s of fault provider sessions. */
  readonly openai: string;
  readonly anthropic: string;
  /** Where it sends traces and metrics by OTLP over HTTP. */
  readonly otlpHttpUrl: string;
}

const PACKAGE = fileURLToPath(new URL('../', import.meta.url));

/** Starts the service under `@outspan/node/register`. */
export function startService(options: ServiceOptions): Service {
  const child = spawn(process.execPath, ['--import', '@outspan/node/register', 'fixtures/service.mjs'], {
    cwd: PACKAGE,
    env: {
      PATH: process.env['PATH'] ?? '',
      OPENAI_BASE_URL: `${options.openai}/v1`,
      ANTHROPIC_BASE_URL: options.anthropic,
      OTEL_SERVICE_NAME: options.name,
      OTEL_RESOURCE_ATTRIBUTES: `service.version=${options.version},deployment.environment.name=test`,
      OTEL_EXPORTER_OTLP_ENDPOINT: options.otlpHttpUrl,
      OTEL_METRIC_EXPORT_INTERVAL: '500',
      OTEL_METRIC_EXPORT_TIMEOUT: '500',
      OTEL_BSP_SCHEDULE_DELAY: '500',
      OUTSPAN_FLUSH_TIMEOUT: '20000',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    stderr: () => said.stderr,
    stop: async () => {
      child.stdin.end();
      const kill = setTimeout(() => child.kill('SIGKILL'), 30_000);
      await closed;
      clearTimeout(kill);
      const seen: unknown = JSON.parse(said.stdout === '' ? 'null' : said.stdout);
      if (!isSeen(seen)) throw new Error(`the service ${options.name} did not end well:\n${said.stdout}\n${said.stderr}`);
      return seen;
    },
  };
}

function isSeen(value: unknown): value is Record<'openai' | 'anthropic', Seen> {
  return typeof value === 'object' && value !== null && 'openai' in value && 'anthropic' in value;
}
