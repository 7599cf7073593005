import type { Call } from '../dialects/call.ts';
import { DEFAULT_SIZES } from '../dialects/call.ts';
import { wireDialect } from '../dialects/table.ts';
import { seededRandom } from '../wire/random.ts';
import { SAID_NOTHING, saidAlso } from '../wire/said.ts';
import type { Reply } from '../wire/reply.ts';
import { type Applies, appliesTo, type Cell, type Fault, type Judgement, type Play, type Truth } from './fault.ts';

/** A row of a fault table. What was on the wire is not written down a second time: it is read off the answer that the fault plays. */
export interface FaultRow {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly title: string;
  readonly applies: Applies;
  readonly judgement: Judgement | ((cell: Cell) => Judgement);
  readonly whenResetIsHidden?: Judgement | ((cell: Cell) => Judgement);
  readonly requests?: number;
  /** {@link Truth.sdk}. */
  readonly sdk?: Truth['sdk'] | ((cell: Cell) => Truth['sdk']);
  readonly play: Fault['play'];
  /** What the attempt comes to in the end, where that is not the first answer. */
  readonly lands?: Play;
}

/** Makes the entry of a row. */
export function defineFault(row: FaultRow): Fault {
  const fault: Fault = {
    id: row.id,
    aliases: row.aliases ?? [],
    title: row.title,
    applies: row.applies,
    play: row.play,
    truth(cell) {
      if (!appliesTo(fault, cell)) throw new RangeError(`${row.id} cannot be met in ${cell.dialect} ${cell.mode}`);
      const judgement = typeof row.judgement === 'function' ? row.judgement(cell) : row.judgement;
      const hidden = typeof row.whenResetIsHidden === 'function' ? row.whenResetIsHidden(cell) : row.whenResetIsHidden;
      const sdk = typeof row.sdk === 'function' ? row.sdk(cell) : row.sdk;
      return {
        ...judgement,
        ...(hidden && { whenResetIsHidden: hidden }),
        ...(sdk && { sdk }),
        requests: row.requests ?? (row.play === 'refuse' ? 0 : 1),
        ...(row.play === 'refuse' ? NOTHING_ON_THE_WIRE : onTheWire((row.lands ?? row.play)(modelCall(cell), wireDialect(cell.dialect, cell.model ?? MODEL)))),
      };
    },
  };
  return fault;
}

type WireTruth = Pick<Truth, 'whatIsSent' | 'status' | 'usageSent' | 'tokens' | 'finishReasonsSent' | 'idSent' | 'modelSent' | 'terminalSent' | 'providerSigned' | 'retryAfter'>;

const NOTHING_ON_THE_WIRE: WireTruth = {
  whatIsSent: 'nothing',
  usageSent: false,
  finishReasonsSent: [],
  idSent: false,
  modelSent: false,
  terminalSent: false,
  providerSigned: false,
};

function onTheWire(reply: Reply): WireTruth {
  if (reply.head === undefined) return NOTHING_ON_THE_WIRE;
  let said = SAID_NOTHING;
  let bytes = 0;
  for (const piece of reply.body) {
    said = saidAlso(said, piece.says);
    bytes += piece.bytes.length;
  }
  const { headers, status } = reply.head;
  const whole = reply.ending === 'complete' && reply.owed === 0 && reply.coding?.end !== 'unfinished' && reply.short !== true;
  return {
    whatIsSent: bytes === 0 ? 'head' : whole ? 'whole' : 'partial',
    status,
    usageSent: said.usage,
    ...(said.tokens && { tokens: said.tokens }),
    finishReasonsSent: said.finishReasons,
    idSent: said.id !== undefined,
    modelSent: said.model !== undefined,
    terminalSent: said.terminal,
    providerSigned: isProviderSigned(headers),
    ...(headers['retry-after'] !== undefined && { retryAfter: Number(headers['retry-after']) }),
  };
}

/** Gemini sends no request id; its front end names itself instead. Ollama sends nothing of the kind. */
function isProviderSigned(headers: Readonly<Record<string, string>>): boolean {
  return ['x-request-id', 'request-id', 'x-amzn-requestid', 'server-timing', 'x-debug-trace-id'].some((name) => name in headers);
}

const MODEL = 'model';

/** A request that stands for all of its cell. Sizes are small, as no truth depends on them. */
function modelCall(cell: Cell): Call {
  return {
    dialect: cell.dialect,
    mode: cell.mode,
    model: cell.model ?? MODEL,
    includeUsage: cell.includeUsage ?? false,
    count: cell.choices ?? 1,
    vector: { dimensions: 4, base64: false },
    tool: undefined,
    ...(cell.structured === true && { structured: true }),
    arrayStream: false,
    origin: 'http://127.0.0.1',
    path: '/',
    requestId: '0'.repeat(32),
    random: seededRandom(1),
    now: 0,
    sizes: { ...DEFAULT_SIZES, hugeBodyBytes: 1000, hugeEventBytes: 1000 },
  };
}
