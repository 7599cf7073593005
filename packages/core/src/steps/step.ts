import type { Context, Span, SpanContext } from '@opentelemetry/api';
import { trace } from '../opentelemetry/providers.ts';
import { now, Timeline } from '../clock.ts';
import type { JsonValue } from '../body/json.ts';
import { isObject, type JsonObject } from '../body/json-access.ts';
import type { RequestContent, Usage } from '../dialects/dialect.ts';
import { guard } from '../guard.ts';
import { later } from '../platform/timers.ts';
import { judgeOperation } from '../verdict/judge-operation.ts';
import { CLASS_TRAITS } from '../verdict/class-traits.ts';
import type { SdkErrorFacts, Verdict } from '../verdict/verdict.ts';
import type { ErrorClass } from '../verdict/vocabulary.ts';
import { stepOf, withStep } from './context.ts';

/**
 * What an agentic application does around its inference calls: by the conventions `invoke_workflow`, `invoke_agent`, `execute_tool`, and the requests of the Model Context Protocol.
 * And what those have no name for: guardrails, and handoffs from one agent to another.
 */
export type StepSubject = WorkflowSubject | AgentSubject | ToolSubject | McpSubject | GuardrailSubject | HandoffSubject;

/** A run that a framework coordinates: agents, tools and calls in some order. */
export interface WorkflowSubject {
  readonly kind: 'workflow';
  /** Low-cardinality. */
  readonly name?: string;
  /** The conversation's or session's id, where the framework or the application has one. */
  readonly conversationId?: string;
}

/** An agent at work, until it hands back its answer. */
export interface AgentSubject {
  readonly kind: 'agent';
  readonly name?: string;
  readonly description?: string;
  readonly conversationId?: string;
  /** The model that it is told to use, where that is known when it starts. */
  readonly model?: string;
  /** Present where the agent runs at somebody else's: its span is then a CLIENT one. */
  readonly remote?: RemoteAgent;
  /** The agent that handed the work to this one. */
  readonly handedOffBy?: string;
  /** The rounds of asking the model and doing what it asks for; told when they are known, at the latest before the step ends. */
  turns?: number;
}

/** Where an agent runs that is not part of the application. */
export interface RemoteAgent {
  /** For `gen_ai.provider.name`. */
  readonly provider: string;
  readonly url?: URL;
  readonly id?: string;
  readonly version?: string;
}

/** One execution of a tool on the application's side. */
export interface ToolSubject {
  readonly kind: 'tool';
  readonly name: string;
  /** `function`, `extension` or `datastore`. */
  readonly type?: string;
  /** The id of the tool call in the model's answer; told when it is known, at the latest before the step ends. So is the description. */
  callId?: string;
  description?: string;
  /** Whose tool it is, where no agent step is around it to tell. */
  readonly agentName?: string;
  readonly conversationId?: string;
}

/** A check that the application runs on what goes into an agent or comes out of it. One that trips did what it is for: it has not failed. */
export interface GuardrailSubject {
  readonly kind: 'guardrail';
  readonly name?: string;
  /** Whether it found what it looks for; told when it is known. */
  triggered?: boolean;
}

/** An agent hands its work to another one. */
export interface HandoffSubject {
  readonly kind: 'handoff';
  readonly from?: string;
  /** Told when it is known. */
  to?: string;
}

/** One request of the Model Context Protocol, on the side that makes it or on the side that answers it. */
export interface McpSubject {
  readonly kind: 'mcp';
  readonly side: 'client' | 'server';
  readonly method: string;
  /** Of a tool, or a prompt, that the request is about. */
  readonly toolName?: string;
  readonly promptName?: string;
  readonly resourceUri?: string;
  /** `pipe` or `tcp`; absent where both sides are in one process. */
  readonly transport?: string;
  /** `http`, `websocket`. */
  readonly networkProtocol?: string;
  /** Where the server is, on the client's side. */
  readonly url?: URL;
  /** The following are told when they are known, at the latest before the step ends. */
  requestId?: string;
  sessionId?: string;
  protocolVersion?: string;
  /** The JSON-RPC error code that was answered with. */
  statusCode?: number;
}

/** A connection of the Model Context Protocol, from the request that opens it to its end. */
export interface McpSession extends Pick<McpSubject, 'side' | 'transport' | 'networkProtocol' | 'url' | 'protocolVersion'> {
  /** Monotonic milliseconds. */
  readonly startedAt: number;
}

/** What goes in and comes out; recorded on opt-in only, redacted and bounded like the content of calls. */
export interface StepContent {
  readonly systemInstructions?: readonly JsonValue[];
  /** In the conventions' message form. */
  readonly inputMessages?: readonly JsonValue[];
  readonly outputMessages?: readonly JsonValue[];
  readonly toolDefinitions?: readonly JsonValue[];
  /** Anything that JSON can say, or JSON text. */
  readonly toolArguments?: unknown;
  readonly toolResult?: unknown;
  /** What the variables of a named prompt were set to. */
  readonly promptVariables?: JsonObject;
}

/** A step that starts. */
export interface StepStart {
  readonly subject: StepSubject;
  /** The context that it is started in. */
  readonly parent: Context;
  /** Monotonic milliseconds; absent: now. */
  readonly startedAt?: number;
  /** What led to this step without being around it: the span that its own links to. */
  readonly follows?: SpanContext;
  /** The framework's own span of it, which the framework ends. */
  readonly adopted?: Span;
  /** Called only where content is captured. */
  readonly content?: () => StepContent;
  /** Whether what its first call is asked, and its last one answers, is the content of the step: for frameworks that do not tell it. */
  readonly hasContentOfCalls?: boolean;
  /**
   * Milliseconds after which the step is ended by itself when what ended last beneath it failed, or was cancelled, and
   * nothing followed: for frameworks that do not always tell of such an end.
   */
  readonly endsAfterFailure?: number;
}

/**
 * How a step came out: by what it threw (`readSdkError` reads it), or, where nothing was thrown, by a low-cardinality
 * word for what went wrong (`tool_error`), and its class where it has one. `returned_answer`: it returned what its last call
 * answered, so that a loss of that answer which nobody was told of is the step's as well.
 */
export type StepResult = 'returned' | 'returned_answer' | 'cancelled' | { readonly threw: SdkErrorFacts } | { readonly failed: string; readonly class?: ErrorClass };

/** What becomes of a step outside of its own life. */
export interface StepOwner {
  /** Whether steps are counted, whatever becomes of their spans. */
  readonly counts: boolean;
  open(step: Step): Span;
  close(step: Step): void;
}

/** What a model was asked, and what it answered, in the conventions' message form. */
export interface CallContent {
  readonly asked?: RequestContent;
  readonly answered?: readonly JsonValue[];
}

/** How the work beneath a step came out. */
export interface WorkBeneath {
  readonly kind: 'inference' | StepSubject['kind'];
  readonly verdict: Verdict | undefined;
  readonly model?: string;
  readonly usage?: Usage;
  readonly finishReasons?: readonly string[];
  /** Present where content is captured. */
  readonly content?: CallContent;
}

/** One workflow, agent or tool at work. What runs in its {@link context} is beneath it. */
export class Step {
  readonly subject: StepSubject;
  readonly timeline: Timeline = new Timeline();
  readonly parent: Context;
  readonly follows: SpanContext | undefined;
  readonly span: Span;
  /** The framework's own span, if that is the step's. */
  readonly adopted: Span | undefined;
  /** The context for what belongs to the step: its span is active in it. */
  readonly context: Context;
  readonly startedAt: number;
  /** The step that this one is beneath. */
  readonly above: Step | undefined;
  endedAt: number | undefined;
  verdict: Verdict | undefined;
  /** The process ended before the step did. */
  interrupted = false;
  /** Work beneath an agent that is no other agent's, failed work included. */
  inferenceCalls = 0;
  toolCalls = 0;
  usage: Usage | undefined;
  finishReasons: readonly string[] | undefined;
  /** When something beneath it last began or ended. */
  lastSeenAt: number;
  /** What is under way beneath it. */
  active = 0;
  readonly #models = new Set<string>();
  /** What its first call was asked, and its last one answered. */
  #asked: RequestContent | undefined;
  #answered: readonly JsonValue[] = [];
  readonly #content: (() => StepContent)[] = [];
  readonly #owner: StepOwner;
  readonly #endsAfterFailure: number | undefined;
  /** What ended last beneath it, if it failed: then that is what an error is about. */
  #failed: WorkBeneath | undefined;
  #cancelEnd: (() => void) | undefined;
  /** What it comes to if nothing follows. */
  #awaited: Verdict | undefined;

  constructor(start: StepStart, owner: StepOwner) {
    this.subject = start.subject;
    this.parent = start.parent;
    this.follows = start.follows;
    this.adopted = start.adopted;
    this.startedAt = start.startedAt ?? now();
    this.lastSeenAt = now();
    this.above = stepOf(start.parent);
    this.#owner = owner;
    this.#endsAfterFailure = start.endsAfterFailure;
    if (start.hasContentOfCalls === true) this.#content.push(() => this.#contentOfCalls());
    if (start.content !== undefined) this.#content.push(start.content);
    this.span = owner.open(this);
    this.context = withStep(trace.setSpan(start.parent, this.span), this);
    this.above?.workStarted();
  }

  get ended(): boolean {
    return this.endedAt !== undefined;
  }

  /** Whether anybody hears of it, or of a step above: a span, or who counts. */
  get recorded(): boolean {
    return this.#owner.counts || this.span.isRecording() || this.above?.recorded === true;
  }

  /** The model of an agent that uses one only. */
  get model(): string | undefined {
    const [model] = this.#models;
    return this.#models.size === 1 ? model : undefined;
  }

  /** Who is at work: the agent itself, or whose tool it is. */
  get agentName(): string | undefined {
    if (this.subject.kind === 'agent') return this.subject.name;
    return this.subject.kind === 'tool' ? (this.subject.agentName ?? this.above?.agentName) : undefined;
  }

  /** The conversation that it belongs to, by its framework or by that of a step above. */
  get conversationId(): string | undefined {
    const { subject } = this;
    return ('conversationId' in subject ? subject.conversationId : undefined) ?? this.above?.conversationId;
  }

  /** What went in and came out, as far as it is known; each part is asked for at most once. */
  get content(): readonly (() => StepContent)[] {
    return this.#content;
  }

  /**
   * Ends the step; only the first time counts.
   *
   * @param content what came out; called only where content is captured
   */
  end(result: StepResult, content?: () => StepContent): void {
    if (this.ended) return;
    if (content !== undefined) this.#content.push(content);
    this.#close(guard('judging a step', () => this.#judge(result)));
  }

  /** Ends what nobody will end. */
  abandon(): void {
    if (this.ended) return;
    // Where nothing followed a failure, it was over by then.
    if (this.#awaited === undefined) this.#close(undefined);
    else this.#close(this.#awaited, this.lastSeenAt);
  }

  /** Ends what the end of the process cuts off. */
  interrupt(): void {
    this.interrupted = true;
    this.abandon();
  }

  /** An inference call or another step begins beneath this one. */
  workStarted(): void {
    this.active++;
    this.lastSeenAt = now();
    this.#cancelEnd?.();
    this.#cancelEnd = undefined;
    this.#awaited = undefined;
    this.above?.workStarted();
  }

  /** It has ended. */
  workEnded(work: WorkBeneath): void {
    this.active--;
    this.lastSeenAt = now();
    // What went well beside the work itself repairs nothing of it.
    if (!ASIDE.has(work.kind) || work.verdict?.outcome === 'failure') this.#failed = work.verdict?.outcome === 'failure' ? work : undefined;
    this.#count(work);
    this.#keep(work);
    if (work.verdict?.outcome !== 'success') this.#awaitEnd(work.verdict);
    // What an agent does is its own: the one that it works for counts that it was asked, no more. So it is with what a guardrail asks.
    const { kind } = this.subject;
    if (kind === 'guardrail') this.above?.workEnded({ kind, verdict: work.verdict });
    else if (kind === 'agent') this.above?.workEnded({ kind, verdict: work.verdict, ...(work.kind === 'inference' && work.content !== undefined && { content: work.content }) });
    else this.above?.workEnded(work);
  }

  #awaitEnd(verdict: Verdict | undefined): void {
    if (this.#endsAfterFailure === undefined || this.active > 0 || this.ended) return;
    this.#awaited = verdict?.outcome === 'failure' ? verdict : { outcome: 'cancelled', invalidToolCalls: 0 };
    this.#cancelEnd?.();
    this.#cancelEnd = later(this.#endsAfterFailure, () => this.abandon());
  }

  /** The arguments of a tool call in the last answer beneath, where content is captured. */
  argumentsOf(callId: string): unknown {
    for (const message of this.#answered) {
      const parts: unknown = isObject(message) ? message['parts'] : undefined;
      if (!Array.isArray(parts)) continue;
      for (const part of parts) if (isObject(part) && part['type'] === 'tool_call' && part['id'] === callId) return part['arguments'];
    }
    return undefined;
  }

  #contentOfCalls(): StepContent {
    const { inputMessages, systemInstructions, toolDefinitions } = this.#asked ?? {};
    const messages = { ...(inputMessages && { inputMessages }), outputMessages: this.#answered };
    // A workflow has no instructions and no tools of its own.
    return this.subject.kind === 'workflow' ? messages : { ...messages, ...(systemInstructions && { systemInstructions }), ...(toolDefinitions && { toolDefinitions }) };
  }

  #keep({ kind, content }: WorkBeneath): void {
    // What an agent is asked by another one is its own.
    if (content === undefined || (kind === 'agent' && this.subject.kind !== 'workflow')) return;
    this.#asked ??= content.asked;
    if (content.answered !== undefined) this.#answered = content.answered;
  }

  #count({ kind, model, usage, finishReasons }: WorkBeneath): void {
    if (kind === 'tool') this.toolCalls++;
    if (kind !== 'inference') return;
    this.inferenceCalls++;
    // Two tell all that there is to tell: not one.
    if (model !== undefined && this.#models.size < 2) this.#models.add(model);
    if (usage !== undefined) this.usage = { input: (this.usage?.input ?? 0) + (usage.input ?? 0), output: (this.usage?.output ?? 0) + (usage.output ?? 0) };
    if (finishReasons !== undefined) this.finishReasons = finishReasons;
  }

  #judge(result: StepResult): Verdict {
    const failure = this.#failed?.verdict;
    if (result === 'returned_answer') return this.#failed !== undefined && !NO_ANSWER.has(this.#failed.kind) && failure !== undefined ? failure : { outcome: 'success', invalidToolCalls: 0 };
    if (typeof result === 'string') return judgeOperation([], { by: 'sdk', result });
    if ('failed' in result) return { outcome: 'failure', error: { type: result.failed, ...(result.class === undefined ? OWN_FAILURE : { class: result.class, ...CLASS_TRAITS[result.class] }) }, invalidToolCalls: 0 };
    const verdict = judgeOperation(failure === undefined ? [] : [failure], { by: 'sdk', result });
    return verdict.outcome === 'failure' && verdict.error.type === 'unknown' ? { ...verdict, error: { ...verdict.error, type: nameOf(result.threw) } } : verdict;
  }

  #close(verdict: Verdict | undefined, at = now()): void {
    this.#cancelEnd?.();
    this.endedAt = at;
    this.verdict = verdict ?? { outcome: 'abandoned', invalidToolCalls: 0 };
    this.#owner.close(this);
    this.above?.workEnded({ kind: workOf(this.subject), verdict: this.verdict });
  }
}

/** A tool that is asked for over the Model Context Protocol is one that is called. */
function workOf(subject: StepSubject): WorkBeneath['kind'] {
  return subject.kind === 'mcp' && subject.side === 'client' && subject.toolName !== undefined ? 'tool' : subject.kind;
}

/** What is done beside an agent's own work. */
const ASIDE: ReadonlySet<WorkBeneath['kind']> = new Set(['guardrail', 'handoff']);
/** What comes of these is not what an agent answers. */
const NO_ANSWER: ReadonlySet<WorkBeneath['kind']> = new Set([...ASIDE, 'tool']);

/** What went wrong is the application's own affair. */
const OWN_FAILURE = { class: 'unknown', origin: 'client', retryable: false } as const;

const CLASS_NAME = /^[A-Za-z_]\w{0,63}$/;

/** An application's own error has no class of ours to tell it by: its name does. */
function nameOf({ names }: SdkErrorFacts): string {
  return names.find((name) => CLASS_NAME.test(name)) ?? 'unknown';
}
