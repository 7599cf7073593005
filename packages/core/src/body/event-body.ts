import type { Dialect, EventReader, ReadOptions, RequestFacts, StreamEvent } from '../dialects/dialect.ts';
import type { AnswerFacts } from '../dialects/dialect.ts';
import { readProviderError } from '../dialects/provider-error.ts';
import { BLANK_LINE, EventRuns, LINE_END, type RunEnd } from './event-runs.ts';
import type { BodyFindings, BodyPart } from './body-part.ts';
import type { BodyForm } from './form.ts';
import { FrameSplitter, type FrameSink } from './frames.ts';
import { JsonArraySplitter } from './json-array.ts';
import { parseJson } from './json-access.ts';
import { LineSplitter } from './lines.ts';
import { SseSplitter, type UnfinishedEvent } from './sse.ts';

/** What splits bytes into events. */
interface Splitter {
  push(chunk: Uint8Array): void;
  end(): UnfinishedEvent | undefined;
}

/** Forms of bodies that are streams of events. */
type EventForm = Exclude<BodyForm, 'document' | 'page'>;

/** The one event of the OpenAI dialects that is not JSON. */
const DONE = '[DONE]';

/**
 * So many of the last runs are tried before all that is kept is read. An unclean end is usual (OpenAI's SDK aborts the exchange after `[DONE]`),
 * but it may be that of an SDK which met an event it could not parse, a few events back.
 */
const LAST_RUNS = { cleanly: 8, uncleanly: 16 } as const;

/**
 * Of so many of the last events the JSON is checked in full. A client that meets a broken event stops there, so it is among the
 * last; one that all of a short stream overtook is found as well.
 */
const CHECKED_EVENTS = 64;
/** Longer events are not kept for that. They hold more than text, so that the reader parses them. */
const CHECKED_LENGTH = 2_048;

/** The stream's events on their way into a dialect's reader. */
class Intake implements FrameSink {
  readonly #reader: EventReader;
  #invalid = false;
  #oversized = false;
  #unfinished = false;
  /** A ring of the last events' data, which the reader may have taken without parsing. */
  readonly #recent: string[] = [];
  #events = 0;
  /** The last text among the events that may be a gateway's error. */
  #stray: string | undefined;

  readonly #few: boolean;
  readonly #dialect: Dialect;

  /** @param few only some events are read, so that parsing each is cheaper than telling which of them need not be */
  constructor(dialect: Dialect, reader: EventReader, few: boolean) {
    this.#dialect = dialect;
    this.#reader = reader;
    this.#few = few;
  }

  event(event: StreamEvent): void {
    if (event.exception !== undefined) {
      this.#reader.push(event);
      return;
    }
    // An event of only a name is a keep-alive to every dialect.
    if (event.data === '') return;
    if (this.#dialect.streamsText === true) {
      this.#reader.push(event);
      return;
    }
    if (event.name !== undefined && this.#dialect.skipsEvent?.(event.name) === true) return;
    if (this.#few) {
      const parsed = parseJson(event.data);
      if (typeof parsed?.value === 'object' && parsed.value !== null) {
        this.#reader.pushParsed(parsed.value);
        return;
      }
    }
    // What stands behind the end of an answer is no part of it.
    if (this.#closed) {
      this.#reader.push(event);
      return;
    }
    if (event.data.length <= CHECKED_LENGTH) this.#recent[this.#events++ % CHECKED_EVENTS] = event.data;
    if (!this.#reader.push(event)) this.#invalid = true;
  }

  oversizedEvent({ name, data }: { readonly name?: string; readonly data?: string }): void {
    this.#oversized = true;
    if (data !== undefined) this.#reader.push(name === undefined ? { data } : { name, data });
  }

  strayText(text: string): void {
    this.#stray = text;
  }

  brokenEvent(): void {
    if (!this.#closed) this.#invalid = true;
  }

  get #closed(): boolean {
    return this.#reader.closed ?? this.#reader.terminal;
  }

  /**
   * Takes the event that the end cut short. One whose data is whole lacks nothing but the blank line (`data: [DONE]` at the very end is common);
   * that has to be certain, so it is parsed and not left to the reader's own quick looks.
   */
  unfinished(last: UnfinishedEvent | undefined): void {
    if (last === undefined) return;
    const data = last.event.data.trim();
    if (data === DONE || parseJson(data) !== undefined) this.event(last.event);
    else if (!this.#closed) this.#unfinished = true;
  }

  /** Whether the reader knows where the stream came from. */
  get introduced(): boolean {
    const { id, model, error } = this.#reader.facts();
    return error !== undefined || (id !== undefined && model !== undefined);
  }

  /** Whether nothing is left to be learnt. */
  get concluded(): boolean {
    if (this.#invalid || this.#unfinished || !this.#reader.terminal) return false;
    const { finishReasons, error } = this.#reader.facts();
    return finishReasons.length > 0 || error !== undefined;
  }

  /** Of a stream that breaks off, the error that stands bare among its events says why. */
  #takeStrayError(): void {
    if (this.#stray === undefined || this.#closed) return;
    const parsed = parseJson(this.#stray);
    if (parsed !== undefined && readProviderError(parsed.value) !== undefined) this.#reader.pushParsed(parsed.value);
  }

  findings(): BodyFindings {
    this.#takeStrayError();
    if (this.#events <= CHECKED_EVENTS || !this.concluded) this.#invalid ||= !this.#recent.every(isJsonOrDone);
    const facts = this.#reader.facts();
    const answer = this.#oversized ? withoutJudgedText(facts) : facts;
    const defect = this.#invalid ? 'invalid' : this.#unfinished ? 'incomplete' : this.#oversized ? 'oversized' : undefined;
    return { form: 'events', answer, ...(defect !== undefined && { defect }) };
  }
}

/** An event read as a skeleton has lost its long strings, so what it says of arguments and of promised JSON means nothing. */
function withoutJudgedText({ brokenPromise: _, ...facts }: AnswerFacts): AnswerFacts {
  return { ...facts, toolCalls: facts.toolCalls.filter((call) => call.arguments === 'valid') };
}

function isJsonOrDone(data: string): boolean {
  return data.trim() === DONE || parseJson(data) !== undefined;
}

/** Reads every event as it comes. */
class EveryEvent implements BodyPart {
  readonly #intake: Intake;
  readonly #splitter: Splitter;

  constructor(intake: Intake, splitter: Splitter) {
    this.#intake = intake;
    this.#splitter = splitter;
  }

  push(chunk: Uint8Array): void {
    this.#splitter.push(chunk);
  }

  finish(): BodyFindings {
    this.#intake.unfinished(this.#splitter.end());
    return this.#intake.findings();
  }
}

/** A form in which events come. */
interface Framing {
  readonly split: (sink: FrameSink, cap: number) => Splitter;
  /** Where one can be left out of between two events. Absent where that cannot be told without following each. */
  readonly end?: RunEnd;
}

const FRAMINGS: Readonly<Record<EventForm, Framing>> = {
  events: { split: (sink, cap) => new SseSplitter(sink, cap), end: BLANK_LINE },
  lines: { split: (sink, cap) => new LineSplitter(sink, cap), end: LINE_END },
  array: { split: (sink, cap) => new JsonArraySplitter(sink, cap) },
  frames: { split: (sink, cap) => new FrameSplitter(sink, cap) },
};

/** Keeps the stream's two ends and reads them when it has ended. */
class EdgeEvents implements BodyPart {
  readonly #start: (few: boolean) => Intake;
  readonly #split: Framing['split'];
  readonly #eventCap: number;
  readonly #runs: EventRuns;
  /** Set once an event is too large to be kept: from then on every event is read as it comes. */
  #reading: EveryEvent | undefined;

  constructor(start: (few: boolean) => Intake, split: Framing['split'], end: RunEnd, eventCap: number) {
    this.#start = start;
    this.#split = split;
    this.#eventCap = eventCap;
    this.#runs = new EventRuns(eventCap, end);
  }

  push(chunk: Uint8Array): void {
    if (this.#reading !== undefined) {
      this.#reading.push(chunk);
      return;
    }
    this.#runs.push(chunk);
    if (this.#runs.overflowing) this.#reading = this.#readKept(false);
  }

  finish(cleanly: boolean): BodyFindings {
    if (this.#reading !== undefined) return this.#reading.finish();
    const lastRuns = cleanly ? LAST_RUNS.cleanly : LAST_RUNS.uncleanly;
    return (this.#runs.dropped > 0 ? this.#readEdges(lastRuns) : undefined) ?? this.#readKept(true).finish();
  }

  /** The first events until the stream is introduced, then the last few. Undefined when they do not conclude it. */
  #readEdges(lastRuns: number): BodyFindings | undefined {
    const intake = this.#start(true);
    const splitter = this.#split(intake, this.#eventCap);
    for (const run of this.#runs.head()) {
      for (const piece of run) splitter.push(piece);
      if (intake.introduced) break;
    }
    for (const run of this.#runs.tail().slice(-lastRuns)) for (const piece of run) splitter.push(piece);
    intake.unfinished(splitter.end());
    return intake.concluded ? intake.findings() : undefined;
  }

  /** All that is kept, in order; what was dropped lies between two events. `last`: nothing more will come. */
  #readKept(last: boolean): EveryEvent {
    const intake = this.#start(last);
    const reading = new EveryEvent(intake, this.#split(intake, this.#eventCap));
    for (const run of [...this.#runs.head(), ...this.#runs.tail()]) for (const piece of run) reading.push(piece);
    return reading;
  }
}

/**
 * Starts reading a stream of events.
 *
 * @param form `lines`: each line is an event. `array`: the elements of a JSON array are the events; they cannot be told apart without being followed, so each one is
 *   read. `frames`: each has checksums that a client verifies, so each one is read
 */
export function eventBody(form: EventForm, dialect: Dialect, request: RequestFacts, options: ReadOptions, eventCap: number): BodyPart {
  const start = (few: boolean): Intake => new Intake(dialect, dialect.readEvents(request, options), few);
  const { split, end } = FRAMINGS[form];
  if (end !== undefined && options.contentBytes === 0 && !dialect.needsEveryEvent(request)) return new EdgeEvents(start, split, end, eventCap);
  const intake = start(false);
  return new EveryEvent(intake, split(intake, eventCap));
}
