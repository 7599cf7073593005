import { parseArgs } from 'node:util';
import { readScript } from '../script.ts';
import { inUrl } from '../server/port.ts';
import { seededRandom } from '../wire/random.ts';

/** What the command line asks for. */
export interface Arguments {
  readonly port: number;
  readonly host: string;
  readonly script: string;
  readonly latencyMs: number;
  readonly jitterMs: number;
  readonly seed: number;
  readonly list: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** The command line cannot be understood; the message says why, for the one who wrote it. */
export class ArgumentError extends Error {
  override readonly name: string = 'ArgumentError';
}

/** What `--help` prints. */
export const HELP = `An LLM provider that misbehaves on demand.

Usage: npx @outspan/fault-provider [options]

  --port N        port (default 4011; 0 takes a free one)
  --host ADDRESS  address to listen on (default 127.0.0.1). 0.0.0.0 is every one of this machine: whoever reaches it may use it
  --script S      what the requests meet (default ok): 502,502,ok · bad_gateway_page*2,ok · {ok:0.9,rate_limited:0.1}
                  The last step repeats.
  --latency MS    milliseconds before each answer (default 0)
  --jitter MS     give or take (default 0)
  --seed N        determines draws and ids (default 1)
  --list          print the catalogue of faults, with what is true about each, and exit
  --json          print JSON, one document a line
  --help          print this`;

/**
 * Reads the command line.
 * @throws ArgumentError
 */
export function readArguments(argv: readonly string[]): Arguments {
  const { values } = understood(() =>
    parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string', default: '4011' },
        host: { type: 'string', default: '127.0.0.1' },
        script: { type: 'string', default: 'ok' },
        latency: { type: 'string', default: '0' },
        jitter: { type: 'string', default: '0' },
        seed: { type: 'string', default: '1' },
        list: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }),
  );
  const playbook = understood(() => readScript(values.script, seededRandom(1)));
  if (playbook.refused) throw new ArgumentError("--script refused: this server listens; to have a connection refused, do not start it");
  return {
    port: whole('--port', values.port, 65_535),
    host: hostOf(values.host),
    script: values.script,
    latencyMs: whole('--latency', values.latency, 3_600_000),
    jitterMs: whole('--jitter', values.jitter, 3_600_000),
    seed: whole('--seed', values.seed, 4_294_967_295),
    list: values.list,
    json: values.json,
    help: values.help,
  };
}

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ArgumentError(error instanceof Error ? error.message : String(error));
  }
}

/** A name or an address: what else is there would end up in a URL. */
function hostOf(text: string): string {
  if (!URL.canParse(`http://${inUrl(text)}`) || new URL(`http://${inUrl(text)}`).host === '') throw new ArgumentError(`--host ${text}: expected an address or a name of this machine`);
  return text;
}

function whole(option: string, text: string, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= most)) throw new ArgumentError(`${option} ${text}: expected a whole number from 0 to ${most}`);
  return number;
}
