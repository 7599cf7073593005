import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import type { JsonValue } from '../body/json.ts';
import type { Settings } from '../config.ts';
import { guard } from '../guard.ts';
import { inheritedAttributes } from '../operation/call-attributes.ts';
import type { GuardrailSubject, HandoffSubject, McpSubject, Step, StepContent, StepSubject } from '../steps/step.ts';
import { promptVariables, recordable, toJson } from './content.ts';
import { plainWord, withoutCredentials, withoutCredentialsIn } from './credentials.ts';
import { endpointOf } from './endpoint.ts';
import { endSpan, startSpan } from './host-span.ts';
import { ATTR } from './names.ts';
import { nativeOutcomeOf } from './native-spans.ts';
import { withoutAttributesOf } from './span-members.ts';
import { addVerdict, verdictDescription } from './verdict-attributes.ts';

/** `gen_ai.operation.name` of each kind of step that the conventions have one for. */
const OPERATIONS = { workflow: 'invoke_workflow', agent: 'invoke_agent', tool: 'execute_tool' } as const;

/** Characters of a name, and of a description: what an application puts there is its own, but not without an end. */
const LONGEST_NAME = 256;
const LONGEST_DESCRIPTION = 1_024;

/** Starts the span of a step, or takes over the framework's own. */
export function startStepSpan(step: Step, tracer: Tracer | undefined): Span {
  if (step.adopted !== undefined) return step.adopted.setAttributes(identityOf(step));
  const startTime = step.timeline.epoch(step.startedAt);
  const links = step.follows === undefined ? [] : [{ context: step.follows }];
  return startSpan(tracer, stepSpanName(step.subject), { kind: kindOf(step.subject), startTime, attributes: identityOf(step), links }, step.parent);
}

/** The name that the conventions have for a step's span. */
export function stepSpanName(subject: StepSubject): string {
  const [what, name] = wordsOf(subject);
  return name === undefined || name === '' ? short(what) : `${short(what)} ${short(name)}`;
}

function wordsOf(subject: StepSubject): readonly [what: string, name: string | undefined] {
  if (subject.kind === 'mcp') return [subject.method, subject.toolName ?? subject.promptName];
  if (subject.kind === 'handoff') return [subject.kind, subject.to];
  return [subject.kind === 'guardrail' ? subject.kind : OPERATIONS[subject.kind], subject.name];
}

function kindOf(subject: StepSubject): SpanKind {
  if (subject.kind === 'mcp') return subject.side === 'client' ? SpanKind.CLIENT : SpanKind.SERVER;
  return subject.kind === 'agent' && subject.remote !== undefined ? SpanKind.CLIENT : SpanKind.INTERNAL;
}

function short(name: string): string {
  return withoutCredentials(name.slice(0, LONGEST_NAME));
}

function identityOf(step: Step): Attributes {
  return { ...inheritedBy(step), ...ownIdentityOf(step) };
}

/** What the application says of all that it does here. The conventions have no conversation on the spans of MCP. */
function inheritedBy({ adopted, conversationId, parent, subject }: Step): Attributes {
  const inherited: Attributes = { ...inheritedAttributes(parent, conversationId) };
  if (subject.kind === 'mcp') delete inherited[ATTR.conversationId];
  return withoutCredentialsIn(adopted === undefined ? inherited : withoutAttributesOf(adopted, inherited));
}

function ownIdentityOf({ agentName, subject }: Step): Attributes {
  if (subject.kind === 'mcp') return requestOf(subject);
  if (subject.kind === 'guardrail' || subject.kind === 'handoff') return asideOf(subject);
  const attributes: Attributes = { [ATTR.operationName]: OPERATIONS[subject.kind] };
  const say = (name: string, value: string | undefined, longest = LONGEST_NAME): void => {
    if (value !== undefined && value !== '') attributes[name] = value.slice(0, longest);
  };
  switch (subject.kind) {
    case 'workflow':
      say(ATTR.workflowName, subject.name);
      break;
    case 'agent':
      say(ATTR.agentName, subject.name);
      say(ATTR.agentDescription, subject.description, LONGEST_DESCRIPTION);
      say(ATTR.handoffFrom, subject.handedOffBy);
      say(ATTR.requestModel, subject.model);
      if (subject.remote === undefined) break;
      say(ATTR.providerName, subject.remote.provider);
      say(ATTR.agentId, subject.remote.id);
      say(ATTR.agentVersion, subject.remote.version);
      if (subject.remote.url === undefined) break;
      attributes[ATTR.serverAddress] = endpointOf(subject.remote.url).address;
      attributes[ATTR.serverPort] = endpointOf(subject.remote.url).port;
      break;
    case 'tool':
      say(ATTR.toolName, subject.name);
      say(ATTR.toolType, subject.type);
      say(ATTR.toolDescription, subject.description, LONGEST_DESCRIPTION);
      say(ATTR.agentName, agentName);
      // It comes out of a model's answer.
      say(ATTR.toolCallId, subject.callId === undefined ? undefined : plainWord(subject.callId));
  }
  return withoutCredentialsIn(attributes);
}

/** What is known, by now, of what the conventions have no operation for. */
function asideOf(subject: GuardrailSubject | HandoffSubject): Attributes {
  const told =
    subject.kind === 'guardrail'
      ? { [ATTR.guardrailName]: subject.name, [ATTR.guardrailTriggered]: subject.triggered }
      : { [ATTR.handoffFrom]: subject.from, [ATTR.handoffTo]: subject.to };
  const attributes: Attributes = {};
  for (const [name, value] of Object.entries(told)) {
    if (value !== undefined && value !== '') attributes[name] = typeof value === 'string' ? value.slice(0, LONGEST_NAME) : value;
  }
  return withoutCredentialsIn(attributes);
}

/** What is known of a request of the Model Context Protocol, by now. */
function requestOf(subject: McpSubject): Attributes {
  const attributes: Attributes = {};
  for (const [name, of] of MCP) {
    const value = of(subject);
    if (value !== undefined && value !== '') attributes[name] = typeof value === 'string' ? value.slice(0, LONGEST_NAME) : value;
  }
  return withoutCredentialsIn(attributes);
}

const MCP: readonly (readonly [name: string, of: (subject: McpSubject) => string | number | undefined])[] = [
  [ATTR.mcpMethod, ({ method }) => method],
  // Of the conventions' operations, only this one is a request of the protocol.
  [ATTR.operationName, ({ toolName }) => (toolName === undefined ? undefined : OPERATIONS.tool)],
  [ATTR.toolName, ({ toolName }) => toolName],
  [ATTR.promptName, ({ promptName }) => promptName],
  [ATTR.mcpResource, ({ resourceUri }) => resourceUri],
  // What a peer makes up is a word, or nothing.
  [ATTR.jsonRpcRequestId, ({ requestId }) => requestId && plainWord(requestId)],
  [ATTR.mcpSession, ({ sessionId }) => sessionId && plainWord(sessionId)],
  [ATTR.mcpProtocolVersion, ({ protocolVersion }) => protocolVersion && plainWord(protocolVersion)],
  [ATTR.rpcStatusCode, ({ statusCode }) => statusCode?.toString()],
  [ATTR.networkTransport, ({ transport }) => transport],
  [ATTR.networkProtocol, ({ networkProtocol }) => networkProtocol],
  [ATTR.serverAddress, ({ url }) => url && endpointOf(url).address],
  [ATTR.serverPort, ({ url }) => url && endpointOf(url).port],
];

/** Writes what became of a step to its span, and ends the span, which a framework does with its own. */
export function endStepSpan(step: Step, settings: Settings): void {
  if (step.endedAt === undefined) return;
  if (step.span.isRecording()) guard('writing a step', () => write(step, settings));
  if (step.adopted === undefined) endSpan(step.span, step.timeline.epoch(step.endedAt));
}

function write(step: Step, settings: Settings): void {
  const { span, subject, verdict } = step;
  if (verdict === undefined) return;
  const attributes: Attributes = {};
  if (subject.kind === 'agent') addWork(attributes, step, subject.turns);
  // Some of it only the answer told.
  if (subject.kind === 'mcp') Object.assign(attributes, requestOf(subject));
  if (subject.kind === 'tool') Object.assign(attributes, ownIdentityOf(step));
  if (subject.kind === 'guardrail' || subject.kind === 'handoff') Object.assign(attributes, asideOf(subject));
  // Whom the work goes to is known when it goes.
  if (subject.kind === 'handoff' && subject.to !== undefined) span.updateName(stepSpanName(subject));
  addVerdict(attributes, verdict);
  if (verdict.outcome === 'cancelled' || verdict.outcome === 'abandoned') attributes[ATTR.cancelled] = true;
  if (step.interrupted && verdict.outcome !== 'success') attributes[ATTR.interrupted] = true;
  span.setAttributes(withoutCredentialsIn(attributes));
  // On its own span, a framework may have said so in its words.
  if (verdict.outcome === 'failure' && (step.adopted === undefined || !nativeOutcomeOf(span).failed)) span.setStatus({ code: SpanStatusCode.ERROR, message: verdictDescription(verdict) });
  // The conventions have no event for the content of a step.
  if (settings.captureContent !== 'span' && settings.captureContent !== 'span_and_event') return;
  for (const part of step.content) guard('recording the content of a step', () => span.setAttributes(contentOf(part(), settings)));
}

/** What an agent's calls come to. */
function addWork(attributes: Attributes, { finishReasons, model, usage }: Step, turns: number | undefined): void {
  if (turns !== undefined) attributes[ATTR.agentTurns] = turns;
  if (model !== undefined) attributes[ATTR.requestModel] = model;
  if (finishReasons !== undefined) attributes[ATTR.finishReasons] = finishReasons.filter((reason) => plainWord(reason) !== undefined);
  if (usage?.input !== undefined) attributes[ATTR.usageInput] = usage.input;
  if (usage?.output !== undefined) attributes[ATTR.usageOutput] = usage.output;
}

const CONTENT: readonly (readonly [name: string, of: (content: StepContent) => unknown])[] = [
  [ATTR.systemInstructions, ({ systemInstructions }) => systemInstructions],
  [ATTR.inputMessages, ({ inputMessages }) => inputMessages],
  [ATTR.outputMessages, ({ outputMessages }) => outputMessages],
  [ATTR.toolDefinitions, ({ toolDefinitions }) => toolDefinitions],
  [ATTR.toolArguments, ({ toolArguments }) => unpacked(toolArguments)],
  [ATTR.toolResult, ({ toolResult }) => toolResult],
];

function contentOf(content: StepContent, settings: Settings): Attributes {
  const attributes: Attributes = {};
  for (const [name, of] of CONTENT) {
    const value = guard('reading the content of a step', () => toJson(of(content)));
    if (value === undefined || isEmpty(value)) continue;
    const recorded = recordable(settings, name, value);
    // Text is text: as a JSON string it would have quotes around it.
    if (recorded !== undefined) attributes[name] = typeof recorded === 'string' ? recorded : JSON.stringify(recorded);
  }
  Object.assign(attributes, promptVariables(content.promptVariables, settings));
  return attributes;
}

function isEmpty(value: JsonValue): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** A model writes a tool's arguments as JSON text. */
function unpacked(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
