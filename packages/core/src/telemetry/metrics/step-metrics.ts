import type { Attributes } from '@opentelemetry/api';
import type { Settings } from '../../config.ts';
import { now } from '../../clock.ts';
import type { McpSession, Step } from '../../steps/step.ts';
import { endpointOf } from '../endpoint.ts';
import { ATTR } from '../names.ts';
import type { InstrumentsInForce } from './instruments-in-force.ts';
import { LabelValues } from './label-values.ts';

type Labelled = typeof ATTR.mcpMethod | typeof ATTR.mcpProtocolVersion | typeof ATTR.rpcStatusCode | typeof ATTR.promptName | typeof ATTR.workflowName | typeof ATTR.agentName | typeof ATTR.toolName | typeof ATTR.toolType | typeof ATTR.requestModel | typeof ATTR.errorType | typeof ATTR.serverAddress;

/** Measures workflows, agents, tools and requests of the Model Context Protocol, as the conventions have it. */
export class StepMetrics {
  readonly #settings: () => Settings;
  readonly #instruments: InstrumentsInForce;
  readonly #values: Readonly<Record<Labelled, LabelValues>> = {
    [ATTR.workflowName]: new LabelValues(ATTR.workflowName),
    [ATTR.agentName]: new LabelValues(ATTR.agentName),
    [ATTR.toolName]: new LabelValues(ATTR.toolName),
    [ATTR.toolType]: new LabelValues(ATTR.toolType),
    [ATTR.requestModel]: new LabelValues(ATTR.requestModel),
    [ATTR.errorType]: new LabelValues(ATTR.errorType),
    [ATTR.serverAddress]: new LabelValues(ATTR.serverAddress),
    [ATTR.mcpMethod]: new LabelValues(ATTR.mcpMethod),
    [ATTR.mcpProtocolVersion]: new LabelValues(ATTR.mcpProtocolVersion),
    [ATTR.promptName]: new LabelValues(ATTR.promptName),
    [ATTR.rpcStatusCode]: new LabelValues(ATTR.rpcStatusCode),
  };

  /**
   * @param settings the limits in force
   * @param instruments where to record to
   */
  constructor(settings: () => Settings, instruments: InstrumentsInForce) {
    this.#settings = settings;
    this.#instruments = instruments;
  }

  /** Whether there is anywhere to record to. */
  get enabled(): boolean {
    return this.#instruments.current !== undefined;
  }

  closed(step: Step): void {
    const instruments = this.#instruments.current;
    const { context, endedAt, model, startedAt, subject, verdict } = step;
    if (instruments === undefined || endedAt === undefined) return;
    const seconds = Math.max(0, endedAt - startedAt) / 1_000;
    const ending: Attributes = {};
    if (verdict?.outcome === 'failure') this.#label(ending, ATTR.errorType, verdict.error.type);
    else if (verdict?.outcome !== 'success') ending[ATTR.cancelled] = true;
    const attributes: Attributes = {};
    switch (subject.kind) {
      case 'workflow':
        this.#label(attributes, ATTR.workflowName, subject.name);
        instruments.workflowDuration.record(seconds, { ...attributes, ...ending }, context);
        return;
      case 'tool':
        this.#label(attributes, ATTR.toolName, subject.name);
        this.#label(attributes, ATTR.toolType, subject.type);
        this.#label(attributes, ATTR.agentName, step.agentName);
        instruments.toolDuration.record(seconds, { ...attributes, ...ending }, context);
        return;
      case 'mcp': {
        const { method, networkProtocol, promptName, protocolVersion, side, statusCode, toolName, transport } = subject;
        this.#label(attributes, ATTR.mcpMethod, method);
        this.#label(attributes, ATTR.toolName, toolName);
        this.#label(attributes, ATTR.promptName, promptName);
        this.#label(attributes, ATTR.mcpProtocolVersion, protocolVersion);
        this.#label(attributes, ATTR.rpcStatusCode, statusCode?.toString());
        if (toolName !== undefined) attributes[ATTR.operationName] = 'execute_tool';
        if (transport !== undefined) attributes[ATTR.networkTransport] = transport;
        if (networkProtocol !== undefined) attributes[ATTR.networkProtocol] = networkProtocol;
        const duration = side === 'client' ? instruments.mcpClientDuration : instruments.mcpServerDuration;
        duration.record(seconds, { ...attributes, ...ending }, context);
        return;
      }
      case 'agent':
        this.#label(attributes, ATTR.agentName, subject.name);
        instruments.agentInferenceCalls.record(step.inferenceCalls, attributes, context);
        instruments.agentToolCalls.record(step.toolCalls, attributes, context);
        this.#label(ending, ATTR.requestModel, model);
        instruments.agentDuration.record(seconds, { ...attributes, ...ending }, context);
        return;
      // For these there is no metric.
      case 'guardrail':
      case 'handoff':
    }
  }

  sessionEnded({ networkProtocol, protocolVersion, side, startedAt, transport, url }: McpSession): void {
    const instruments = this.#instruments.current;
    if (instruments === undefined) return;
    const attributes: Attributes = {};
    this.#label(attributes, ATTR.mcpProtocolVersion, protocolVersion);
    if (transport !== undefined) attributes[ATTR.networkTransport] = transport;
    if (networkProtocol !== undefined) attributes[ATTR.networkProtocol] = networkProtocol;
    if (url !== undefined) this.#label(attributes, ATTR.serverAddress, endpointOf(url).address);
    const duration = side === 'client' ? instruments.mcpClientSession : instruments.mcpServerSession;
    duration.record(Math.max(0, now() - startedAt) / 1_000, attributes);
  }

  #label(attributes: Attributes, name: Labelled, value: string | undefined): void {
    if (value !== undefined) attributes[name] = this.#values[name].of(value, this.#settings().limits.labelValues);
  }
}
