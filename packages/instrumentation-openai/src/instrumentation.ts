import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { dirname, join } from 'node:path';
import { trace } from '@opentelemetry/api';
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { InstrumentationBase, InstrumentationNodeModuleDefinition, InstrumentationNodeModuleFile } from '@opentelemetry/instrumentation';
import type { InstrumentationConfig, InstrumentationModuleDefinition } from '@opentelemetry/instrumentation';
import { announce, beforeFlush, CallTracker, endWithProcess, environment, guard, settle, takeSeat } from '@outspan/core';
import type { OutspanConfig, Settings } from '@outspan/core';
import manifest from '../package.json' with { type: 'json' };
import { OperationBoundary } from './boundary.ts';
import { clientPrototypeOf, isPatchable } from './client-class.ts';
import { CLIENT_FILES, CLIENT_SPECIFIERS, LOADED_CLIENT, PACKAGE, SOCKET_FILES, SOCKET_SPECIFIERS } from './modules.ts';
import { leaveClient, observeClient } from './patch.ts';
import { isObject } from './shape.ts';

/** Options of {@link OpenAIInstrumentation}. */
export interface OpenAIInstrumentationConfig extends InstrumentationConfig, OutspanConfig {}

/** Majors that the tests run on. */
const TESTED_MAJORS: ReadonlySet<number> = new Set([5, 6, 7]);
const ANY_VERSION = ['*'];

/**
 * Tells where a call of the OpenAI SDK begins and ends: one operation span per call, with all its retries, and what only
 * the SDK knows (whose abort it was, and what came of a call with a `fetch` of the application's own).
 *
 * What is said on the wire is read by `@outspan/instrumentation-undici`, which belongs beside it. Applications see the same
 * promises, streams, values and errors as without it.
 */
export class OpenAIInstrumentation extends InstrumentationBase<OpenAIInstrumentationConfig> {
  // `declare`: the base constructor calls init() and enable(), whose state a field initialiser would overwrite.
  declare private tracker: CallTracker;
  declare private boundary: OperationBoundary;
  declare private settings: Settings;
  declare private meterProvider: MeterProvider | undefined;
  declare private patched: Set<object>;
  declare private flushTracker: () => void;
  declare private shutDownTracker: () => void;
  declare private leaveExit: (() => void) | undefined;
  declare private leaveSeat: (() => void) | undefined;

  constructor(config: OpenAIInstrumentationConfig = {}) {
    super(manifest.name, manifest.version, config);
  }

  protected init(): InstrumentationModuleDefinition[] {
    const patch = (exports: unknown, version?: string): unknown => {
      guard('patching openai', () => this.patch(exports, version));
      return exports;
    };
    const announceSocket = (exports: unknown): unknown => {
      announceSockets();
      return exports;
    };
    const leave = (): void => undefined;
    const files = [
      ...CLIENT_FILES.map((name) => new InstrumentationNodeModuleFile(name, ANY_VERSION, patch, leave)),
      ...SOCKET_FILES.map((name) => new InstrumentationNodeModuleFile(name, ANY_VERSION, announceSocket, leave)),
    ];
    const definitions: InstrumentationModuleDefinition[] = [
      new InstrumentationNodeModuleDefinition(PACKAGE, ANY_VERSION, patch, leave, files),
      ...CLIENT_SPECIFIERS.map((name) => new InstrumentationNodeModuleDefinition(name, ANY_VERSION, patch, leave)),
      ...SOCKET_SPECIFIERS.map((name) => new InstrumentationNodeModuleDefinition(name, ANY_VERSION, announceSocket, leave)),
    ];
    for (const definition of definitions) definition.includePrerelease = true;
    return definitions;
  }

  override setConfig(config: OpenAIInstrumentationConfig = {}): void {
    super.setConfig(config);
    this.settings = settle(config, environment());
  }

  override setTracerProvider(provider: TracerProvider): void {
    super.setTracerProvider(provider);
    this.attach(provider);
  }

  override setMeterProvider(provider: MeterProvider): void {
    super.setMeterProvider(provider);
    this.meterProvider = provider;
  }

  override enable(): void {
    this.prepare();
    this.leaveSeat ??= takeSeat(manifest.name, manifest.version);
    if (this.leaveSeat === undefined) return;
    super.enable();
    this.leaveExit ??= endWithProcess(this.tracker);
    for (const prototype of this.patched) observeClient(prototype, this.boundary);
    guard('looking for openai among the loaded modules', () => this.patchLoaded());
  }

  override disable(): void {
    super.disable();
    this.prepare();
    this.leaveExit?.();
    this.leaveExit = undefined;
    this.leaveSeat?.();
    this.leaveSeat = undefined;
    for (const prototype of this.patched) leaveClient(prototype, this.boundary);
    this.tracker.shutdown();
  }

  /** Ends what is under way, as cut off by the end of the process. */
  interrupt(): void {
    this.tracker.interrupt();
  }

  private prepare(): void {
    if (this.tracker !== undefined) return;
    this.patched = new Set();
    this.tracker = new CallTracker({ settings: () => this.settings, tracer: () => this.tracer, meterProvider: () => this.meterProvider });
    this.flushTracker = () => this.tracker.flush();
    this.shutDownTracker = () => this.tracker.shutdown();
    // At every call: the application may register its tracer provider at any time.
    this.boundary = new OperationBoundary(this.tracker, () => this.attach(trace.getTracerProvider()));
  }

  /** Ends what is under way before a tracer provider shuts down, so that it is exported. */
  private attach(provider: TracerProvider): void {
    this.prepare();
    // The same functions each time: hooking a provider again changes nothing.
    guard('hooking the tracer provider', () => beforeFlush(provider, this.flushTracker, this.shutDownTracker));
  }

  private patch(exports: unknown, version: string | undefined): void {
    this.prepare();
    const prototype = clientPrototypeOf(exports);
    if (prototype !== undefined && this.patched.has(prototype)) return;
    const name = `openai ${version ?? '(unknown version)'}`;
    const tested = version !== undefined && TESTED_MAJORS.has(Number.parseInt(version, 10));
    if (prototype === undefined || !isPatchable(prototype)) {
      announce(`openai:unpatchable:${version}`, `${name} is not built as the versions that are known (5, 6 and 7): its calls are traced from the wire alone.`);
      return;
    }
    if (!tested) announce(`openai:untested:${version}`, `${name} is traced, but only the versions 5, 6 and 7 are tested.`);
    this.patched.add(prototype);
    observeClient(prototype, this.boundary);
  }

  /** A copy that was loaded before this was enabled: the class is shared by all its clients, so that patching it now reaches them. */
  private patchLoaded(): void {
    const cache: unknown = Reflect.get(Module, '_cache');
    if (!isObject(cache)) return;
    for (const file of Object.keys(cache)) {
      if (!LOADED_CLIENT.test(file)) continue;
      const loaded = cache[file];
      if (isObject(loaded) && loaded['loaded'] === true) this.patch(loaded['exports'], versionBeside(file));
    }
  }
}

function versionBeside(file: string): string | undefined {
  const manifest: unknown = guard('reading the version of openai', () => JSON.parse(readFileSync(join(dirname(file), 'package.json'), 'utf8')));
  return isObject(manifest) && typeof manifest['version'] === 'string' ? manifest['version'] : undefined;
}

function announceSockets(): void {
  announce('openai:websocket', 'The WebSocket transports of openai (responses, realtime, live) are not covered: their calls are not traced.');
}
