import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { trace } from '@opentelemetry/api';
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { InstrumentationBase, InstrumentationNodeModuleDefinition, InstrumentationNodeModuleFile } from '@opentelemetry/instrumentation';
import type { InstrumentationConfig, InstrumentationModuleDefinition } from '@opentelemetry/instrumentation';
import { announce, beforeFlush, CallTracker, endWithProcess, environment, guard, settle, takeSeat } from '@outspan/core';
import type { OutspanConfig, Settings } from '@outspan/core';
import { hookRequired } from './require-hook.ts';
import { isTested } from './sdk.ts';
import type { Sdk } from './sdk.ts';
import { isObject } from './shape.ts';
import { SdkTracing } from './tracing.ts';

/** Options of every instrumentation of SDKs. */
export interface SdkInstrumentationConfig extends InstrumentationConfig, OutspanConfig {}

const ANY_VERSION = ['*'];

/**
 * An instrumentation of one or more SDKs, given as a table. It hooks their modules, whichever way an application imports them
 * and also where they were loaded before; says once what is not covered; and ends what is open when the tracer provider
 * shuts down or the process ends.
 */
export abstract class SdkInstrumentation<Config extends SdkInstrumentationConfig = SdkInstrumentationConfig> extends InstrumentationBase<Config> {
  // `declare`: the base constructor calls init() and enable(), whose state a field initialiser would overwrite.
  declare protected tracker: CallTracker;
  declare private settings: Settings;
  declare private meterProvider: MeterProvider | undefined;
  declare private tracings: Map<Sdk, SdkTracing>;
  /** What was patched, and what steps aside again. */
  declare private patched: Map<object, { readonly sdk: Sdk; readonly leave: (() => void) | undefined }>;
  declare private flushTracker: () => void;
  declare private shutDownTracker: () => void;
  declare private hooked: boolean;
  declare private leaveExit: (() => void) | undefined;
  declare private leaveSeat: (() => void) | undefined;

  /** @param manifest of the package that the instrumentation is in */
  constructor(manifest: { readonly name: string; readonly version: string }, config: Config) {
    super(manifest.name, manifest.version, config);
  }

  /** The SDKs that are instrumented. Called while the constructor runs: it must need no field of a subclass. */
  protected abstract sdks(): readonly Sdk[];

  /** What it covers, and the versions that its tests run on: what it announces versions by, for whoever wants to tell beforehand. */
  get covered(): readonly Pick<Sdk, 'name' | 'tested'>[] {
    const all = this.sdks();
    // An SDK may have several rows, for what is built differently.
    return all.filter(({ name, tested }, i) => all.findIndex((other) => other.name === name && other.tested === tested) === i);
  }

  protected init(): InstrumentationModuleDefinition[] {
    const definitions = this.sdks().flatMap((sdk) => this.definitionsOf(sdk));
    for (const definition of definitions) definition.includePrerelease = true;
    return definitions;
  }

  override setConfig(config: Config): void {
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
    this.leaveSeat ??= takeSeat(this.instrumentationName, this.instrumentationVersion);
    if (this.leaveSeat === undefined) return;
    super.enable();
    this.leaveExit ??= endWithProcess(this.tracker);
    for (const [target, { sdk, leave }] of this.patched) if (leave === undefined) this.observe(target, sdk);
    guard('looking for SDKs among the loaded modules', () => this.patchLoaded());
    guard('hooking files of SDKs', () => this.hookFiles());
  }

  override disable(): void {
    super.disable();
    this.prepare();
    this.leaveExit?.();
    this.leaveExit = undefined;
    this.leaveSeat?.();
    this.leaveSeat = undefined;
    for (const [target, { sdk, leave }] of this.patched) {
      leave?.();
      this.patched.set(target, { sdk, leave: undefined });
    }
    this.tracker.shutdown();
  }

  /** Ends what is under way, as cut off by the end of the process. */
  interrupt(): void {
    this.tracker.interrupt();
  }

  private definitionsOf(sdk: Sdk): InstrumentationModuleDefinition[] {
    const patch = (exports: unknown, version?: string): unknown => {
      guard(`patching ${sdk.name}`, () => this.patch(sdk, exports, version));
      return exports;
    };
    const announceUncovered = (exports: unknown): unknown => {
      if (sdk.uncovered !== undefined) announce(`${sdk.name}:uncovered`, sdk.uncovered.says);
      return exports;
    };
    const leave = (): void => undefined;
    const files = [
      ...sdk.files.map((name) => new InstrumentationNodeModuleFile(name, ANY_VERSION, patch, leave)),
      ...(sdk.uncovered?.files ?? []).map((name) => new InstrumentationNodeModuleFile(name, ANY_VERSION, announceUncovered, leave)),
    ];
    return [
      new InstrumentationNodeModuleDefinition(sdk.name, ANY_VERSION, sdk.filesOnly ? undefined : patch, leave, files),
      ...(sdk.specifiers ?? []).map((name) => new InstrumentationNodeModuleDefinition(name, ANY_VERSION, patch, leave)),
      ...(sdk.uncovered?.specifiers ?? []).map((name) => new InstrumentationNodeModuleDefinition(name, ANY_VERSION, announceUncovered, leave)),
    ];
  }

  private prepare(): void {
    if (this.tracker !== undefined) return;
    this.patched = new Map();
    this.tracings = new Map();
    this.tracker = new CallTracker({ settings: () => this.settings, tracer: () => this.tracer, meterProvider: () => this.meterProvider });
    this.flushTracker = () => this.tracker.flush();
    this.shutDownTracker = () => this.tracker.shutdown();
  }

  /** Ends what is under way before a tracer provider shuts down, so that it is exported. */
  protected attach(provider: TracerProvider): void {
    this.prepare();
    // The same functions each time: hooking a provider again changes nothing.
    guard('hooking the tracer provider', () => beforeFlush(provider, this.flushTracker, this.shutDownTracker));
  }

  private tracingOf(sdk: Sdk): SdkTracing {
    let tracing = this.tracings.get(sdk);
    if (tracing === undefined) {
      // At every call: the application may register its tracer provider at any time.
      tracing = new SdkTracing(this.tracker, sdk.name, () => this.attach(trace.getTracerProvider()));
      this.tracings.set(sdk, tracing);
    }
    return tracing;
  }

  private observe(target: object, sdk: Sdk): void {
    this.patched.set(target, { sdk, leave: sdk.observe(target, this.tracingOf(sdk)) });
  }

  private patch(sdk: Sdk, exports: unknown, version: string | undefined): void {
    this.prepare();
    const targets = sdk.targets(exports);
    if (targets.length > 0 && targets.every((target) => this.patched.has(target))) return;
    const name = `${sdk.name} ${version ?? '(unknown version)'}`;
    const { from, below } = sdk.tested;
    if (targets.length === 0) {
      announce(`${sdk.name}:unpatchable:${version}`, `${name} is not built as the versions that are known (${from} to below ${below}): its calls are traced from the wire alone.`);
      return;
    }
    if (version === undefined || !isTested(version, sdk.tested)) announce(`${sdk.name}:untested:${version}`, `${name} is traced, but only versions from ${from} to below ${below} are tested.`);
    for (const target of targets) if (!this.patched.has(target)) this.observe(target, sdk);
  }

  private hookFiles(): void {
    if (this.hooked) return;
    this.hooked = true;
    const byFile = new Map(this.sdks().flatMap((sdk) => (sdk.filesOnly ? sdk.files.map((file) => [file, sdk] as const) : [])));
    if (byFile.size === 0) return;
    hookRequired([...byFile.keys()], (file, exports, folder) => {
      const sdk = byFile.get(file);
      // What is loaded while this is off is found when it is turned on.
      if (sdk !== undefined && this.isEnabled()) guard(`patching ${sdk.name}`, () => this.patch(sdk, exports, versionIn(folder)));
    });
  }

  /** A copy that was loaded before this was enabled: the class is shared by all its clients, so that patching it now reaches them. */
  private patchLoaded(): void {
    const cache: unknown = Reflect.get(Module, '_cache');
    if (!isObject(cache)) return;
    const sdks = this.sdks();
    for (const file of Object.keys(cache)) {
      const path = file.replaceAll('\\', '/');
      for (const sdk of sdks) {
        const named = sdk.files.find((one) => path.endsWith(`/node_modules/${one}`));
        const loaded = named === undefined ? undefined : cache[file];
        if (named !== undefined && isObject(loaded) && loaded['loaded'] === true) this.patch(sdk, loaded['exports'], versionIn(file.slice(0, file.length - named.length + sdk.name.length)));
      }
    }
  }
}

function versionIn(folder: string): string | undefined {
  const manifest: unknown = guard('reading the version of an SDK', () => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  return isObject(manifest) && typeof manifest['version'] === 'string' ? manifest['version'] : undefined;
}
