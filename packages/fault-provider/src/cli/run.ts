import { FAULTS } from '../faults/catalogue.ts';
import { cellsOf, placesInWords, verdictsInWords } from '../faults/describe.ts';
import { startFaultProvider } from '../server/provider.ts';
import type { ReceivedRequest } from '../server/received.ts';
import { ArgumentError, type Arguments, HELP, readArguments } from './arguments.ts';

/** Where the command prints, and what stops it. */
export interface Console {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly stop: AbortSignal;
}

/**
 * The command of the package, `npx @outspan/fault-provider`.
 * @returns its exit code: 0, 1 when it cannot listen, 2 when the command line cannot be understood
 */
export async function run(argv: readonly string[], console: Console): Promise<number> {
  let given: Arguments;
  try {
    given = readArguments(argv);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    console.err(`@outspan/fault-provider: ${error.message}`);
    console.err('Try npx @outspan/fault-provider --help.');
    return 2;
  }
  if (given.help) {
    console.out(HELP);
    return 0;
  }
  if (given.list) {
    for (const line of given.json ? catalogueAsJson() : catalogueAsText()) console.out(line);
    return 0;
  }
  return serve(given, console);
}

function isLoopback(host: string): boolean {
  return /^(?:127(?:\.\d+){3}|::1|localhost)$/.test(host);
}

async function serve(given: Arguments, console: Console): Promise<number> {
  let provider;
  try {
    provider = await startFaultProvider({
      port: given.port,
      host: given.host,
      script: given.script,
      latency: { ms: given.latencyMs, jitterMs: given.jitterMs },
      seed: given.seed,
      // Nobody reads the log of a command; the lines are the log.
      logLimit: 1,
      onAnswered: (request) => console.out(given.json ? JSON.stringify(requestAsJson(request)) : requestAsText(request)),
    });
  } catch (error) {
    console.err(`@outspan/fault-provider: cannot listen on port ${given.port} of ${given.host}: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
  if (!isLoopback(given.host)) console.err(`Whoever reaches ${given.host} can use this provider: it takes any key, and anything may be sent to it.`);
  const baseUrls = { openai: `${provider.url}/v1`, anthropic: provider.url, gemini: provider.url };
  if (given.json) console.out(JSON.stringify({ listening: provider.url, baseUrls, script: given.script }));
  else {
    console.out(`Listening on ${provider.url}, playing ${given.script}. Any API key will do.`);
    console.out(`  OpenAI     OPENAI_BASE_URL=${baseUrls.openai}`);
    console.out(`  Anthropic  ANTHROPIC_BASE_URL=${baseUrls.anthropic}`);
    console.out(`  Gemini     GOOGLE_GEMINI_BASE_URL=${baseUrls.gemini}   (or httpOptions.baseUrl)`);
  }
  await new Promise<void>((resolve) => {
    if (console.stop.aborted) resolve();
    console.stop.addEventListener('abort', () => resolve(), { once: true });
  });
  await provider.close();
  return 0;
}

/** Neither headers nor bodies nor the query: keys and prompts are in them. */
function requestAsJson({ at, method, path, dialect, mode, fault, skipped, attempt, answered }: ReceivedRequest): object {
  const { status, bytes, endedBy, said } = answered;
  return { at: new Date(at).toISOString(), attempt, method, path, dialect, mode, fault, skipped, status, bytes, endedBy, said, durationMs: Date.now() - at };
}

function requestAsText({ at, method, path, dialect, mode, fault, skipped, attempt, answered }: ReceivedRequest): string {
  const played = skipped === undefined ? fault : `${fault} (${skipped} cannot be met here)`;
  const where = dialect === undefined ? 'unknown URL' : `${dialect} ${mode ?? ''}`;
  const sent = answered.status === undefined ? 'no head' : `${answered.status}, ${answered.bytes} bytes`;
  return `${new Date(at).toISOString().slice(11, 23)}  #${attempt}  ${method} ${path}  ${where}  ${played}  ->  ${sent}, ${answered.endedBy ?? 'open'}, ${Date.now() - at} ms`;
}

function catalogueAsText(): readonly string[] {
  const width = Math.max(...FAULTS.map(({ id }) => id.length));
  const indent = ' '.repeat(width + 2);
  return FAULTS.flatMap((fault) => [
    `${fault.id.padEnd(width)}  ${fault.title}`,
    ...(fault.aliases.length > 0 ? [`${indent}alias: ${fault.aliases.join(', ')}`] : []),
    `${indent}where: ${placesInWords(fault)}`,
    ...verdictsInWords(fault).map((words) => `${indent}truth: ${words}`),
  ]);
}

function catalogueAsJson(): readonly string[] {
  return FAULTS.map((fault) =>
    JSON.stringify({ id: fault.id, aliases: fault.aliases, title: fault.title, truths: cellsOf(fault).map((cell) => ({ ...cell, ...fault.truth(cell) })) }),
  );
}
