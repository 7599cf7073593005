import type { Context, MeterProvider, Span, Tracer } from '@opentelemetry/api';
import { announceNobodyRecords } from '../opentelemetry/nobody-records.ts';
import { trace } from '../opentelemetry/providers.ts';
import { now } from '../clock.ts';
import { announce, guard } from '../guard.ts';
import { inspect } from '../inspection.ts';
import type { Settings } from '../config.ts';
import { dialectFor } from '../dialects/catalogue.ts';
import { isTelling } from '../dialects/stranger.ts';
import type { Dialect, RequestFacts } from '../dialects/dialect.ts';
import { flavourOf, isKnownClient, providerAt, providerOfAgent, recogniseProvider } from '../providers/recognise.ts';
import type { ProviderFacts } from '../providers/recognise.ts';
import type { ProviderRow } from '../providers/table.ts';
import { endAttemptSpan, startAttemptSpan } from '../telemetry/attempt-span.ts';
import { readContent } from '../telemetry/content.ts';
import { type RequestSchemas, schemasOf } from '../verdict/schema-check.ts';
import type { CapturedContent } from '../telemetry/content.ts';
import { CallMetrics } from '../telemetry/metrics/call-metrics.ts';
import { InstrumentsInForce } from '../telemetry/metrics/instruments-in-force.ts';
import { nativeOutcomeOf, nativeScopeOf, whenEnding, withholdInference, withholdOk } from '../telemetry/native-spans.ts';
import { hasLogger } from '../telemetry/events.ts';
import { endForOwner } from '../telemetry/end-for-owner.ts';
import { endSpan } from '../telemetry/host-span.ts';
import { endOperationSpan, startOperationSpan, writeOperation } from '../telemetry/operation-span.ts';
import { takeRequestSpan } from '../telemetry/request-span.ts';
import { SharedSpan } from '../telemetry/shared-span.ts';
import { peerSpanOf } from '../telemetry/peer-spans.ts';
import { watchSpanStarts } from '../telemetry/span-starts.ts';
import type { SpanStartWatcher } from '../telemetry/span-starts.ts';
import { isTry, retriesAllowedBy, TrySpan, withholdUsage } from '../telemetry/try-span.ts';
import { runtime } from '../platform/runtime.ts';
import { later } from '../platform/timers.ts';
import { placed } from '../steps/ambient.ts';
import { stepOf } from '../steps/context.ts';
import { AI_SDK_TOOLS, NativeSteps } from '../steps/native-steps.ts';
import type { CallContent } from '../steps/step.ts';
import { callEnded, callStarted, StepTracker } from '../steps/step-tracker.ts';
import type { Phase } from '../verdict/vocabulary.ts';
import { Attempt, OVERSIZED_HEAD } from './attempt.ts';
import type { AttemptOwner, AttemptStart } from './attempt.ts';
import { isSuppressed, operationOf, pendingCallOf } from './context.ts';
import { EMBEDDING_SPANS, ExpectedSpan, expectedSpanOf, withExpectedSpan } from './expected-span.ts';
import { HeldCalls, isRedirect } from './held-calls.ts';
import { isObservedAs } from './observed-exchange.ts';
import { OpenOperations } from './open-operations.ts';
import { Operation } from './operation.ts';
import type { InterpretAbort, OperationOwner, OperationSubject } from './operation.ts';
import { PendingCall } from './pending-call.ts';
import { UnfinishedAnswers } from './unfinished-answers.ts';

/** What a tracker needs of the instrumentation that owns it. Read anew at each use: both may be replaced. */
export interface TrackerHost {
  readonly settings: () => Settings;
  /** The tracer to record with; undefined where no SDK was started. */
  readonly tracer: () => Tracer | undefined;
  /** The meter provider that it was given; where there is none, or it records nothing, the global one is used. */
  readonly meterProvider: () => MeterProvider | undefined;
}

/** A span that its owner has not ended, though the call is over. */
interface ForgottenSpan {
  readonly end: () => void;
  /** Its owner may yet come to it. */
  readonly awaited: boolean;
}

/** What there is of every call whose boundary is known. */
interface BoundedCall {
  readonly context: Context;
  /** Who an abort of the current exchange comes from. */
  readonly interpretAbort?: InterpretAbort;
}

/** A loop in which a call is made, and made again where it fails. */
interface ExpectedCall extends BoundedCall {
  /** The SDK makes a span for each try: that of the first is the operation's. */
  readonly hasTrySpans?: boolean;
  /** What the framework calls the model: a request that gets nowhere tells none. */
  readonly model?: string;
}

/** A call whose boundary an SDK package knows. */
export interface SdkCall extends BoundedCall {
  readonly dialect: Dialect;
  /** The parameters that the SDK's method was given, by their names on the wire; or the body that it made of them. */
  readonly parameters: Readonly<Record<string, unknown>> | Uint8Array;
  /** Where the call goes; absent where the SDK finds that out later: its first attempt tells. */
  readonly url?: URL;
  /** `gen_ai.provider.name` of the provider whose SDK this is, for hosts that no row knows. */
  readonly provider?: string;
}

/**
 * A call of a framework over SDKs (LangChain, the AI SDK): how it is sent, and to whom, is known with its first attempt. SDK
 * calls and requests that are made in its context belong to it.
 */
export interface FrameworkCall extends BoundedCall {
  /** What the framework says of the request. */
  readonly request: RequestFacts;
  /** `gen_ai.provider.name` by what the framework says, in case that nothing is ever sent. */
  readonly provider?: string;
}

/** Turns what capture and SDK packages see into operations, and lets each end exactly once. */
export class CallTracker implements AttemptOwner, OperationOwner {
  /** Workflows, agents and tools: what calls are made by. */
  readonly steps: StepTracker;
  readonly #host: TrackerHost;
  readonly #held = new HeldCalls();
  readonly #open = new OpenOperations();
  readonly #unfinished = new UnfinishedAnswers();
  readonly #adopted = new WeakMap<Span, Operation>();
  /** Operations whose answer was let go of, and whose owner has not ended its span. */
  readonly #letGo = new Map<Operation, { readonly end: () => void; readonly forget: () => void }>();
  readonly #endedByOwner = new WeakSet<Span>();
  /** What ends the spans that their owners have not ended, though the call is over. */
  readonly #forgotten = new Set<ForgottenSpan>();
  /** Spans of the first tries of calls, which stand for the calls. */
  readonly #tries = new WeakMap<Operation, TrySpan>();
  /** What takes back the watching for spans, by what is watched for. */
  readonly #watched = new Map<string, () => void>();
  /** What is to be called when the owner of such a span has ended it. */
  readonly #remembered = new WeakMap<Operation, () => void>();
  /** Applications call few URLs, each a single object. */
  readonly #providers = new WeakMap<URL, { readonly rows: readonly ProviderRow[]; readonly dialect: Dialect; readonly facts: ProviderFacts }>();
  readonly #content = new WeakMap<Operation, CapturedContent>();
  /** Only where answers are checked against them. */
  readonly #schemas = new WeakMap<Operation, RequestSchemas>();
  readonly #metrics: CallMetrics;

  constructor(host: TrackerHost) {
    this.#host = host;
    this.steps = new StepTracker(host);
    this.#metrics = new CallMetrics(host.settings, new InstrumentsInForce(host.meterProvider));
  }

  get settings(): Settings {
    return this.#host.settings();
  }

  /** Operations that have started and not ended. */
  get openOperations(): number {
    return this.#open.size;
  }

  /** Whether any exchange of an operation is under way. */
  get underWay(): boolean {
    return this.#open.underWay;
  }

  /**
   * An HTTP request starts.
   *
   * @returns undefined when it is no LLM call, or nothing is to be traced here
   */
  begin(given: AttemptStart): Attempt | undefined {
    if (isSuppressed(given.context)) return undefined;
    const continued = this.#unfinished.at(given.url.pathname);
    if (continued !== undefined) {
      this.#held.resume(continued);
      continued.resume();
    }
    const byPath = continued?.dialect ?? dialectFor(given.method, given.url.pathname, () => providerAt(given.url, given.header, this.settings.providers));
    const dialect = byPath ?? dialectOfClient(given);
    if (dialect !== undefined && isObservedAs(dialect.id, given.context)) return undefined;
    const context = dialect === undefined ? given.context : placed(given.context);
    const start = context === given.context ? given : { ...given, context };
    const pending = continued === undefined ? pendingCallOf(start.context) : undefined;
    const operation = continued ?? (pending === undefined ? this.#operationOf(start, dialect) : dialect && pending.claim(dialect));
    if (dialect !== undefined && pending !== undefined) this.#withholdOwn(start.context, pending, operation);
    const used = operation?.dialect ?? dialect;
    if (used === undefined) return undefined;
    if (operation !== undefined) this.#learn(operation, used, start);
    const request = continued !== undefined || operation?.ofFramework === true ? undefined : operation?.subject.request;
    const doubted = operation === undefined && pending === undefined && (byPath === undefined || this.#mayBeStrangers(used, given));
    const attempt = new Attempt(start, used, this, request, doubted);
    operation?.attemptStarted(attempt);
    return attempt;
  }

  /** Whether a request may be a stranger's: neither its path nor its host nor its client tells. */
  #mayBeStrangers(dialect: Dialect, { header, url }: AttemptStart): boolean {
    const { sharedPaths } = dialect;
    if (sharedPaths === undefined || isTelling(sharedPaths, url.pathname) || isKnownClient(header)) return false;
    return !this.#provider(url, dialect).known;
  }

  /** What an SDK traces by itself within a call is no second inference; but the span of its first try may be the call's. */
  #withholdOwn(context: Context, { hasTrySpans }: PendingCall, operation: Operation | undefined): void {
    if (!hasTrySpans) withholdNative(context);
    else if (operation !== undefined) withholdTry(trace.getSpan(context), operation);
  }

  #operationOf(start: AttemptStart, dialect: Dialect | undefined): Operation | undefined {
    const current = openOperationOf(start.context);
    return current !== undefined && belongs(current, start, dialect) ? current : this.#native(start, dialect);
  }

  /**
   * An SDK's method starts a call.
   *
   * @returns undefined when nothing is to be traced here
   */
  startOperation(given: SdkCall | FrameworkCall): Operation | undefined {
    if (isSuppressed(given.context) || openOperationOf(given.context)?.ofFramework === true) return undefined;
    const call = { ...given, context: placed(given.context) };
    const shared = { boundary: 'sdk', parent: call.context, startedAt: now(), ...(call.interpretAbort && { interpretAbort: call.interpretAbort }) } as const;
    if (!('dialect' in call)) {
      const { provider, request } = call;
      return new Operation({ ...shared, request, ...(provider !== undefined && { provider: { name: provider, public: true, known: false } }) }, this);
    }
    const { dialect, parameters, provider, url } = call;
    const pending = pendingCallOf(call.context);
    const again = pending?.claim(dialect);
    if (again !== undefined) {
      again.interpretAbort = call.interpretAbort;
      return again;
    }
    const looped = pending?.expectant === true ? { parent: pending.parent, startedAt: pending.startedAt } : {};
    const subject = { ...shared, ...looped, dialect, request: this.#readRequest(call), provider: url === undefined ? ofClient(flavourOf(dialect.id), provider) : this.#provider(url, dialect, provider), ...(url && { url }) };
    const made = pending === undefined ? peerIn(call.context) : undefined;
    const operation = made === undefined || this.#adopted.has(made) ? new Operation(subject, this) : this.#adopt(made, subject);
    if (pending?.expectant === true) pending.started(operation);
    this.#keepContent(operation, () => (parameters instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(parameters)) : parameters));
    return operation;
  }

  #readRequest({ dialect, parameters, url }: SdkCall): RequestFacts {
    if (!(parameters instanceof Uint8Array)) return dialect.readRequestParameters(parameters);
    if (url === undefined) return dialect.readRequestParameters({});
    return dialect.readRequest(url, parameters.length > this.settings.limits.requestBytes ? parameters.subarray(0, OVERSIZED_HEAD) : parameters);
  }

  /**
   * A framework enters a loop in which a call may be made, and made again; see {@link PendingCall}. So does an SDK that makes a
   * span for each try.
   *
   * @returns undefined when nothing is to be traced here, or the call around it is one already
   */
  expectCall({ context, hasTrySpans, interpretAbort, model }: ExpectedCall): PendingCall | undefined {
    if (isSuppressed(context) || openOperationOf(context)?.ofFramework === true) return undefined;
    // In the loop of a framework it is that loop's call.
    if (hasTrySpans === true && pendingCallOf(context) !== undefined) return undefined;
    return new PendingCall(placed(context), interpretAbort, hasTrySpans, model);
  }

  /**
   * An SDK is about to make a span of a call, and the call, but not the one in the other: `@ai-sdk/otel` does so with embeddings.
   *
   * @param ofOneCall whether its span is of one call, or around several
   * @returns the context to do it in
   */
  expectSpan(context: Context, ofOneCall: boolean): Context {
    this.#watch('gen_ai', () => EMBEDDING_SPANS);
    return withExpectedSpan(context, new ExpectedSpan(ofOneCall));
  }

  #watch(name: string, watcher: () => SpanStartWatcher): void {
    if (this.#watched.has(name)) return;
    const tracer = this.#host.tracer();
    if (tracer !== undefined) this.#watched.set(name, watchSpanStarts(tracer, name, watcher()));
  }

  /** The first exchange of a call tells to whom it is sent, and of a framework's how. What its SDK traces by itself is no second inference. */
  #learn(operation: Operation, dialect: Dialect, start: AttemptStart): void {
    if (operation.subject.boundary === 'sdk') withholdNative(start.context);
    if (operation.url !== undefined) return;
    operation.dialect ??= dialect;
    operation.provider = this.#provider(start.url, dialect, clientOf(start));
    operation.url = start.url;
  }

  /** Says once of each SDK that it is at work and its calls are grouped by an instrumentation, but not here. */
  #announceUnhooked({ agent, dialect, start }: Attempt): void {
    if (agent === undefined) return;
    const sdk = HOOKED_SDKS.find(({ userAgent }) => userAgent.test(agent)) ?? (MINIFIED_SDK.test(agent) && dialect.id.startsWith('openai.') ? HOOKED_SDKS.find(({ name }) => name === 'OpenAI') : undefined);
    // Where nothing is recorded, an SDK's own span may stand for the call and not be seen.
    if (sdk === undefined || trace.getSpan(start.context)?.isRecording() === false) return;
    const { name, observedBy } = sdk;
    const why = runtime() === 'node' ? 'it is bundled, was loaded before Outspan, or its instrumentation is off' : 'modules cannot be hooked on this runtime';
    announce(
      `unhooked:${name.toLowerCase()}`,
      `The ${name} SDK is in use but is not hooked (${why}): its calls are recorded from the wire alone, with boundary \`inferred\`.${observedBy === undefined ? '' : ` \`observe(client)\` of ${observedBy} gives a client the boundary \`sdk\`.`}`,
    );
  }

  get measuresPace(): boolean {
    return this.#metrics.enabled;
  }

  /** Whether calls are counted, or told by events. */
  get counts(): boolean {
    return this.#metrics.enabled || hasLogger();
  }

  reads({ operation, span, start }: Attempt): boolean {
    if (this.counts || span?.isRecording() === true) return true;
    if (operation !== undefined) return operation.recorded;
    // Its operation starts when the request was read: for a sampler, or as part of what another records.
    return this.#host.tracer() !== undefined || trace.getSpan(start.context)?.isRecording() === true || stepOf(start.context)?.recorded === true;
  }

  /** Whether a request to `path`, which may have a query, asks for the rest of an answer that is under way, whatever its method. */
  awaits(path: string): boolean {
    return this.#unfinished.at(path) !== undefined;
  }

  /** Whether the rest of any answer may be asked for, by whatever method. */
  get awaitsAnswers(): boolean {
    return this.#unfinished.size > 0;
  }

  get awaitsRetries(): boolean {
    return this.#held.size > 0;
  }

  /** Gives the attempt its operation and span: the one it continues, or a new `inferred` one. */
  materialise(attempt: Attempt): void {
    const { context, url } = attempt.start;
    const found = pendingCallOf(context);
    const pending = found?.expectant === true ? found : undefined;
    const operation =
      (pending === undefined ? this.#continued(attempt) : undefined) ??
      (pending === undefined || pending.hasTrySpans ? this.#ofFirstTry(attempt, pending) : undefined) ??
      new Operation(
        {
          dialect: attempt.dialect,
          ...(attempt.requestSeen && { request: attempt.request }),
          provider: this.#provider(url, attempt.dialect, providerOfAgent(attempt.agent)),
          url,
          ...(pending === undefined
            ? { boundary: 'inferred', parent: context, startedAt: attempt.startedAt, ...(!attempt.requestSeen && modelIn(attempt)) }
            : { boundary: 'sdk', parent: pending.parent, startedAt: pending.startedAt, ...(pending.model !== undefined && { model: pending.model }), ...(pending.interpretAbort && { interpretAbort: pending.interpretAbort }) }),
        },
        this,
      );
    if (operation.subject.boundary !== 'native') this.#announceUnhooked(attempt);
    pending?.started(operation);
    operation.attemptStarted(attempt);
  }

  startSpan(attempt: Attempt): void {
    const { operation } = attempt;
    if (operation === undefined || attempt.span !== undefined || attempt.start.overConnection === true) return;
    const { attemptSpans } = this.settings.limits;
    if (attempt.number > attemptSpans) {
      if (attempt.resends > 0) announce('limit:attemptSpans:reached', `An LLM call was tried more than ${attemptSpans} times: of its attempts, the first ones and the last have a span (limit attemptSpans).`);
      return;
    }
    const { context, method, url } = attempt.start;
    const around = takeRequestSpan(trace.getSpan(context), operation.span, method, url);
    if (around === undefined) {
      attempt.span = startAttemptSpan(attempt, operation, this.#host.tracer());
      return;
    }
    attempt.span = around;
    attempt.sharedSpan = new SharedSpan(around, () => undefined);
  }

  /** Only now is it known which attempt past the limit is the last. */
  #spanOfLast({ last }: Operation): void {
    if (last?.operation === undefined || last.span !== undefined || last.endedAt === undefined || last.start.overConnection === true) return;
    last.span = startAttemptSpan(last, last.operation, this.#host.tracer());
    endAttemptSpan(last);
  }

  schemasOf({ operation }: Attempt): RequestSchemas | undefined {
    return operation && this.#schemas.get(operation);
  }

  requestRead(attempt: Attempt): void {
    const { operation } = attempt;
    if (operation === undefined) return;
    this.#keepContent(operation, () => {
      const body = attempt.requestBody;
      return body === undefined ? undefined : JSON.parse(new TextDecoder().decode(body));
    });
  }

  ended(attempt: Attempt): void {
    const operation = attempt.operation;
    if (operation === undefined) return;
    if (attempt.ending?.by === 'caller' && attempt.verdict?.outcome === 'cancelled') this.#interpretAbort(operation, attempt);
    // A client may try again, or ask for the rest, before it has read what it was answered.
    const overtaken = operation.inFlight.size > 1;
    const held = operation.endsWithWire && !operation.ended && !overtaken && this.#hold(operation, attempt);
    if (!held) this.#record(attempt);
    operation.attemptEnded(attempt);
    if (operation.rest !== undefined && !operation.ended) this.#unfinished.expect(operation, operation.rest);
    if (operation.endsWithWire) {
      if (!held && !overtaken) operation.end({ by: 'wire' }, attempt.endedAt ?? now());
      return;
    }
    if (operation.subject.boundary === 'native' && !operation.ended && (wasLetGo(attempt) || mayBeForgotten(operation, attempt))) this.#endForOwner(operation, attempt);
  }

  goesOn(operation: Operation, last: Attempt): void {
    this.#held.hold(operation, last, this.settings.limits.retryWindow, (continued) => {
      if (!continued) operation.endAsItStands();
    });
  }

  resumed(operation: Operation): void {
    this.#held.resume(operation);
  }

  open(operation: Operation): Span {
    this.#open.add(operation, this.settings.limits);
    guard('counting a call', () => this.#metrics.opened(operation));
    callStarted(operation);
    const tracer = this.#host.tracer();
    if (tracer === undefined) announceNobodyRecords();
    const span = startOperationSpan(operation, tracer);
    inspect(() => ({ kind: 'call', boundary: operation.subject.boundary, recorded: span.isRecording() }));
    return span;
  }

  close(operation: Operation): void {
    this.#open.remove(operation);
    this.#unfinished.forget(operation);
    this.#awaitOwnerNoLonger(operation);
    guard('writing the last attempt', () => this.#spanOfLast(operation));
    const ofTry = this.#tries.get(operation);
    if (ofTry === undefined) endOperationSpan(operation, this.#content.get(operation), this.settings);
    else this.#endWithOwner(operation, ofTry);
    guard('counting a call', () => this.#metrics.closed(operation));
    callEnded(operation, this.#contentOf(operation));
    this.#endForgotten(operation);
  }

  /** Whether trace context goes out with this attempt: to any host but the public providers, unless settings say otherwise. */
  sendsContextTo(attempt: Attempt): boolean {
    // Decided, and no LLM call.
    if (attempt.doubted && attempt.endedAt !== undefined) return false;
    const { propagateTo } = this.settings;
    const { url } = attempt.start;
    return propagateTo === true || !this.#provider(url, attempt.dialect).public || propagateTo.has(url.hostname);
  }

  /**
   * The context to send along with an attempt: its span is active in it, and started for that if need be. While it is in doubt
   * whether the attempt is an LLM call, it is the one that the request was made in.
   */
  contextToSend(attempt: Attempt): Context | undefined {
    if (attempt.doubted) return attempt.start.context;
    if (attempt.operation === undefined) this.materialise(attempt);
    this.startSpan(attempt);
    const { operation, span } = attempt;
    if (operation === undefined) return undefined;
    return span === undefined ? operation.context : trace.setSpan(operation.context, span);
  }

  /** Waits for no retry and for no owner any longer: what is held ends. */
  flush(): void {
    this.#held.releaseAll();
    for (const { end } of this.#letGo.values()) end();
    for (const { end, awaited } of this.#forgotten) if (!awaited) end();
  }

  /** Ends everything that is open: nobody will see its end. */
  shutdown(): void {
    for (const leave of this.#watched.values()) leave();
    this.#watched.clear();
    this.#held.releaseAll();
    this.#open.abandonAll();
    for (const { end } of this.#forgotten) end();
    this.steps.shutdown();
  }

  /** Ends everything that is open, as cut off by the end of the process. */
  interrupt(): void {
    this.#held.releaseAll();
    this.#open.interruptAll();
    for (const { end } of this.#forgotten) end();
    this.steps.interrupt();
  }

  /**
   * Sees to it that the SDK's own span ends when its answer was let go of. An SDK that was told so ends it at once; of an
   * answer that nobody reads and that was collected it hears nothing.
   */
  #endForOwner(operation: Operation, attempt: Attempt): void {
    this.#awaitOwnerNoLonger(operation);
    const end = (): void => {
      this.#awaitOwnerNoLonger(operation);
      // The tracker of the transport hears of attempts, and not of the end of an operation that another one owns.
      if (!operation.ended && operation.inFlight.size === 0) endSpan(operation.span, operation.timeline.epoch(attempt.endedAt ?? now()));
    };
    this.#letGo.set(operation, { end, forget: later(this.settings.limits.retryWindow, end) });
  }

  #awaitOwnerNoLonger(operation: Operation): void {
    this.#letGo.get(operation)?.forget();
    this.#letGo.delete(operation);
  }

  /** Sees to it that the span of another vendor's instrumentation ends, which may have lost it. */
  #endForgotten({ endedAt, span, subject, timeline }: Operation): void {
    if (subject.adopted === undefined || endedAt === undefined || this.#endedByOwner.has(span) || peerSpanOf(span) === undefined) return;
    const remembered = this.#forget({ awaited: false, end: () => endForOwner(span, timeline.epoch(endedAt)) }, this.settings.limits.retryWindow);
    whenEnding(span, remembered);
  }

  /**
   * Sees to it that a span ends which its owner has yet to end.
   *
   * @returns what takes it back: its owner has
   */
  #forget({ awaited, end }: ForgottenSpan, after: number): () => void {
    const forgotten: ForgottenSpan = {
      awaited,
      end: () => {
        remembered();
        end();
      },
    };
    const cancel = later(after, forgotten.end);
    const remembered = (): void => {
      cancel();
      this.#forgotten.delete(forgotten);
    };
    this.#forgotten.add(forgotten);
    const [oldest] = this.#forgotten;
    if (this.#forgotten.size > this.settings.limits.openOperations) oldest?.end();
    return remembered;
  }

  /** What became of an attempt is final. */
  #record(attempt: Attempt): void {
    endAttemptSpan(attempt);
    guard('counting an attempt', () => this.#metrics.attemptEnded(attempt));
  }

  /** @param client the provider whose client asks, if it is known */
  #provider(url: URL, dialect: Dialect, client?: string): ProviderFacts {
    const { providers } = this.settings;
    const known = this.#providers.get(url);
    if (known?.rows === providers && known.dialect === dialect) return ofClient(known.facts, client);
    const facts = recogniseProvider(url, dialect.id, providers);
    this.#providers.set(url, { rows: providers, dialect, facts });
    return ofClient(facts, client);
  }

  #contentOf(operation: Operation): CallContent | undefined {
    if (this.settings.captureContent === 'none') return undefined;
    const asked = this.#content.get(operation);
    const answered = operation.answer?.messages;
    return { ...(asked && { asked }), ...(answered && { answered }) };
  }

  #keepContent(operation: Operation, body: () => unknown): void {
    const { captureContent, validateOutput } = this.settings;
    const captures = captureContent !== 'none' && operation.recorded;
    if ((!captures && validateOutput !== 'schema') || this.#content.has(operation) || this.#schemas.has(operation)) return;
    const { dialect } = operation;
    const content = dialect && readContent(dialect, body);
    if (content === undefined) return;
    if (captures) this.#content.set(operation, content);
    const schemas = validateOutput === 'schema' ? schemasOf(content) : undefined;
    if (schemas !== undefined) this.#schemas.set(operation, schemas);
  }

  /** The operation of the span that is active, if it is of an SDK that traces itself, or of another instrumentation of SDKs. */
  #native(start: AttemptStart, dialect: Dialect | undefined): Operation | undefined {
    if (dialect === undefined) return undefined;
    const expected = expectedSpanOf(start.context);
    if (expected !== undefined) expected.seen = true;
    const active = expected?.span ?? trace.getSpan(start.context);
    if (active === undefined) return undefined;
    const span = nativeScopeOf(active) === undefined ? peerSpanOf(active) : active;
    if (span === undefined || isTry(span)) return undefined;
    const known = this.#adopted.get(span);
    if (known !== undefined) return known.ended ? undefined : known;
    return this.#adopt(span, { dialect, provider: this.#provider(start.url, dialect, clientOf(start)), url: start.url, parent: start.context, startedAt: now() });
  }

  /** The operation that waits for such another try. */
  #continued(attempt: Attempt): Operation | undefined {
    const operation = this.#held.claim(attempt);
    if (operation?.subject.ofFirstTry === true) withholdTry(trace.getSpan(attempt.start.context), operation);
    return operation;
  }

  /** The operation of the span that is active, if that is one that its SDK has made for the first try of a call. */
  #ofFirstTry({ agent, dialect, start }: Attempt, pending: PendingCall | undefined): Operation | undefined {
    const span = trace.getSpan(start.context);
    // A second exchange within one try, and no other try at the first: another call, which the SDK's provider makes.
    if (span === undefined || !span.isRecording() || !isTry(span) || this.#adopted.has(span)) return undefined;
    const { url } = start;
    const operation = new Operation({ dialect, provider: this.#provider(url, dialect, providerOfAgent(agent)), url, parent: start.context, startedAt: now(), boundary: 'native', adopted: span, ...(pending === undefined ? { ofFirstTry: true } : pending.interpretAbort && { interpretAbort: pending.interpretAbort }) }, this);
    this.#adopted.set(span, operation);
    // Where it traces its calls, it traces its tools, which are always beneath a call that came before.
    if (nativeScopeOf(span) === undefined) this.#watch('ai.toolCall', () => new NativeSteps(this.steps, AI_SDK_TOOLS));
    const ofTry = new TrySpan(span, {
      ended: () => {
        this.#remembered.get(operation)?.();
        // Of what was given up before a head, the transport tells at once, or never.
        const givenUp = [...operation.inFlight].filter(({ head }) => head === undefined);
        if (givenUp.length > 0) later(GIVEN_UP, () => endByCaller(givenUp));
        return operation.timeline.epoch(now());
      },
      write: () => {
        writeOperation(operation, this.#content.get(operation), this.settings);
        return operation.verdict?.outcome === 'success' && operation.retries === 0;
      },
    });
    this.#tries.set(operation, ofTry);
    return operation;
  }

  /** The call is over; the SDK ends its span when it has read the answer, and when its tools are done with it, or never. */
  #endWithOwner(operation: Operation, ofTry: TrySpan): void {
    const { abandoned, endedAt, timeline, verdict } = operation;
    if (endedAt === undefined || ofTry.callEnded(timeline.epoch(endedAt))) return;
    const { idleTimeout, retryWindow } = this.settings.limits;
    const awaited = verdict?.outcome === 'success';
    if (abandoned) ofTry.endForSdk();
    else this.#remembered.set(operation, this.#forget({ awaited, end: () => ofTry.endForSdk() }, awaited ? idleTimeout : retryWindow));
  }

  /** Makes an operation of a span that another makes of it, who ends it. */
  #adopt(span: Span, subject: Omit<OperationSubject, 'boundary' | 'adopted'>): Operation {
    const operation = new Operation({ ...subject, boundary: 'native', adopted: span }, this);
    this.#adopted.set(span, operation);
    withholdOk(span);
    whenEnding(span, () => {
      this.#endedByOwner.add(span);
      // The SDK is done: what is still under way was let go of by it.
      endByCaller(operation.inFlight);
      const { failed, errorType } = nativeOutcomeOf(span);
      const threw = { names: [], provider: errorType === undefined ? {} : { type: errorType }, transportCodes: [] };
      // Over an answer that came whole, its complaint is its own: no word of the provider's.
      const overWhole = operation.last?.verdict?.outcome === 'success';
      operation.end({ by: 'sdk', result: failed && !overWhole ? { threw } : 'returned' }, now());
    });
    return operation;
  }

  /** The wire shows the same abort for a caller's cancellation and for the deadline of its client. */
  #interpretAbort(operation: Operation, attempt: Attempt): void {
    const phase: Phase = attempt.head === undefined ? 'headers' : 'body';
    const by = operation.interpretAbort?.(phase) ?? (announcedDeadlinePassed(attempt, phase) || knownDeadlinePassed(operation, attempt) ? 'deadline' : 'caller');
    if (by === 'deadline') attempt.judge({ by: 'deadline', phase });
  }

  /** Holds an `inferred` operation whose client may try again. */
  #hold(operation: Operation, attempt: Attempt): boolean {
    // The provider's last word on what was asked for.
    if (operation.rest !== undefined && (attempt.head?.status ?? 500) < 300 && attempt.answer?.terminal === true && attempt.answer.rest === undefined) return false;
    const why = mayContinue(attempt);
    if (why === undefined || (why === 'failure' && operation.retries >= retriesAllowed(operation))) return false;
    const asked = attempt.head?.retryAfter ?? 0;
    const window = this.settings.limits.retryWindow + Math.min(asked, MAX_RETRY_AFTER) * 1_000;
    this.#held.hold(operation, attempt, window, (continued) => {
      // An abort that is followed by another try was its client's deadline.
      if (continued && why === 'abort') {
        operation.clientDeadline = elapsedOf(attempt);
        attempt.judge({ by: 'deadline', phase: attempt.head === undefined ? 'headers' : 'body' });
      }
      this.#record(attempt);
      // The exchange did its part; the call has no answer.
      if (!continued && why === 'redirect') attempt.leaveUnfollowed();
      if (!continued) operation.end({ by: 'wire' }, attempt.endedAt ?? now());
    });
    return true;
  }
}

/**
 * SDKs for which there is an instrumentation package, by their user agents. Those of OpenAI's make name the client's class
 * (`OpenAI/JS 7.0.0`, `AzureOpenAI/JS …`), which bundlers rename: `OpenAI2`, `_OpenAI`. `observedBy` is the package whose
 * `observe()` takes a client of theirs.
 */
const HOOKED_SDKS: readonly { readonly name: string; readonly userAgent: RegExp; readonly observedBy?: string }[] = [
  { name: 'OpenAI', userAgent: /^_?(?:Azure|Bedrock)?OpenAI\d*\/JS /, observedBy: '@outspan/instrumentation-openai' },
  { name: 'Anthropic', userAgent: /^_?(?:Base)?Anthropic(?:Bedrock|Vertex)?\d*\/JS /, observedBy: '@outspan/instrumentation-openai' },
  { name: 'Groq', userAgent: /^_?Groq\d*\/JS /, observedBy: '@outspan/instrumentation-openai' },
  { name: 'Together', userAgent: /^_?Together\d*\/JS /, observedBy: '@outspan/instrumentation-openai' },
  { name: 'Google GenAI', userAgent: /^google-genai-sdk\/\S+ gl-node\//, observedBy: '@outspan/instrumentation-google-genai' },
  { name: 'Mistral', userAgent: /^mistral-client-typescript\//, observedBy: '@outspan/instrumentation-mistral' },
  { name: 'Cohere', userAgent: /^cohere-ai\//, observedBy: '@outspan/instrumentation-cohere' },
  { name: 'Ollama', userAgent: /^ollama-js\//, observedBy: '@outspan/instrumentation-ollama' },
  { name: 'Bedrock', userAgent: /^aws-sdk-js\/.* api\/bedrock-runtime#/, observedBy: '@outspan/instrumentation-aws-bedrock' },
  { name: 'LangChain', userAgent: /^langchainjs-/ },
];

/** OpenAI's after a minifier. Another SDK of the same make is possible, so that only its dialect tells. */
const MINIFIED_SDK = /^[\w$]{1,2}\/JS /;

/** The model by the URL alone, where that names it: trace context may have to be sent before the body is seen. */
function modelIn({ dialect, start }: Attempt): Pick<OperationSubject, 'model'> {
  const { model } = dialect.readRequest(start.url, undefined);
  return model === undefined ? {} : { model };
}

function clientOf({ header }: AttemptStart): string | undefined {
  return providerOfAgent(header?.('user-agent'));
}

/** On a host that no row knows, such as a gateway, the provider is the one whose client asks. */
function ofClient(facts: ProviderFacts, client: string | undefined): ProviderFacts {
  return client === undefined || facts.known ? facts : { ...facts, name: client };
}

/** The dialect of a known client's request at a base without a version. The body has to be in it as well. */
function dialectOfClient({ header, method, url }: AttemptStart): Dialect | undefined {
  if (method !== 'POST' || !isKnownClient(header)) return undefined;
  const provider = (): string | undefined => providerAt(url, header, []);
  const [last = '', before = ''] = url.pathname.split('/').toReversed();
  return dialectFor(method, `/v1/${before}/${last}`, provider) ?? dialectFor(method, `/v1/${last}`, provider);
}

/** The span that another vendor's instrumentation has made of the call that starts here. */
function peerIn(context: Context): Span | undefined {
  const active = trace.getSpan(context);
  return active && peerSpanOf(active);
}

/** Other vendors' instrumentations forget to end the spans of calls that failed. */
function mayBeForgotten({ span }: Operation, { verdict }: Attempt): boolean {
  return verdict?.outcome !== 'success' && peerSpanOf(span) !== undefined;
}

/** Milliseconds in which the transport tells of an exchange that its client gave up. */
const GIVEN_UP = 1_000;

/** Seconds of a Retry-After that are waited for, on top of the retry window. */
const MAX_RETRY_AFTER = 60;

/** What the SDK of a framework's call traces by itself is no second inference. */
function withholdNative(context: Context): void {
  const span = trace.getSpan(context);
  if (span !== undefined && nativeScopeOf(span) !== undefined) withholdInference(span);
}

/** The span that an SDK makes of a further try stands for no second inference, and its tokens are said of the call. */
function withholdTry(span: Span | undefined, operation: Operation): void {
  if (span === undefined || span === operation.span || !isTry(span)) return;
  if (nativeScopeOf(span) !== undefined) withholdInference(span);
  withholdUsage(span, () => operation.answer?.usage !== undefined);
}

function openOperationOf(context: Context): Operation | undefined {
  const operation = operationOf(context);
  return operation === undefined || operation.ended ? undefined : operation;
}

/** Whether a request made inside an operation is an exchange of it, and not another call that it happens to make. */
function belongs(operation: Operation, start: AttemptStart, dialect: Dialect | undefined): boolean {
  if (dialect !== undefined) return operation.dialect === undefined || dialect.id === operation.dialect.id;
  const { url } = operation;
  return url !== undefined && url.origin === start.url.origin && url.pathname === start.url.pathname;
}

function endByCaller(attempts: Iterable<Attempt>): void {
  for (const attempt of attempts) attempt.end({ by: 'caller' });
}

/** How often a call is sent again, where its SDK says so. */
function retriesAllowed({ subject }: Operation): number {
  return (subject.adopted && retriesAllowedBy(subject.adopted)) ?? Infinity;
}

/** Why another exchange may follow, or undefined where none does. */
function mayContinue(attempt: Attempt): 'failure' | 'abort' | 'redirect' | 'rest' | undefined {
  if (isRedirect(attempt)) return 'redirect';
  const verdict = attempt.verdict;
  if (attempt.goesOn) return 'rest';
  const status = attempt.head?.status;
  if (verdict?.outcome === 'cancelled') {
    // Only of a client that is known to retry can an abort be its own deadline; none of them has one for a stream's body.
    return attempt.hints.retryCount !== undefined && (status === undefined || !attempt.request.stream) ? 'abort' : undefined;
  }
  if (verdict?.outcome !== 'failure') return undefined;
  if (status === undefined || status >= 500 || RETRIED_STATUS.has(status)) return 'failure';
  // A broken body under 200 is retried by some clients as long as nothing of it was passed on.
  return status < 300 && verdict.error.retryable && !(attempt.request.stream && attempt.firstChunkAt !== undefined) ? 'failure' : undefined;
}

/** Whether the answer began well and was given up on this side. */
function wasLetGo({ head, ending }: Attempt): boolean {
  return head !== undefined && head.status < 300 && (ending?.by === 'caller' || ending?.by === 'abandonment');
}

const RETRIED_STATUS: ReadonlySet<number> = new Set([408, 409, 429]);

/** Whether the exchange ended just when the deadline that its client announced in a header had passed. */
function announcedDeadlinePassed(attempt: Attempt, phase: Phase): boolean {
  const { deadline } = attempt.hints;
  if (deadline === undefined || (phase === 'body' && deadline.covers === 'head')) return false;
  const elapsed = elapsedOf(attempt);
  // Timers fire late, but the client's starts before the request is seen.
  return elapsed >= deadline.least - DEADLINE_LEAD && elapsed <= deadline.most + DEADLINE_SLACK;
}

const DEADLINE_LEAD = 100;
const DEADLINE_SLACK = 300;

/** Whether an exchange was given up after as long as an earlier one of the same call, which was tried again. */
function knownDeadlinePassed({ clientDeadline }: Operation, attempt: Attempt): boolean {
  return clientDeadline !== undefined && Math.abs(elapsedOf(attempt) - clientDeadline) <= Math.max(100, clientDeadline / 10);
}

function elapsedOf(attempt: Attempt): number {
  return (attempt.endedAt ?? attempt.startedAt) - attempt.startedAt;
}

