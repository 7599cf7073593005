import { announce, guard, inspect } from '@outspan/core';
import type { InstrumentationConfig, Manifest } from '@outspan/core';
import { loadedBefore, watchModules } from '#module-hooks';
import { ObservingInstrumentation } from './clients/observing-instrumentation.ts';
import { observeEveryone } from './interpose.ts';
import type { LoadedFile } from './modules/watch.ts';
import type { Wanted } from './modules/wanted.ts';
import { isTested } from './sdk.ts';
import type { Sdk } from './sdk.ts';

/** Options of every instrumentation of SDKs. */
export interface SdkInstrumentationConfig extends InstrumentationConfig {}

/**
 * An instrumentation of one or more SDKs, given as a table. It hooks their modules, whichever way an application imports them
 * and also where they were required before, and says once what is not covered.
 */
export abstract class SdkInstrumentation<Config extends SdkInstrumentationConfig = SdkInstrumentationConfig> extends ObservingInstrumentation<Config> {
  #sdks: readonly Sdk[] | undefined;

  /** @param manifest of the package that the instrumentation is in */
  constructor(manifest: Manifest, config: Config) {
    super(manifest, config);
    this.begin();
  }

  /** The SDKs that are instrumented. Called while the constructor runs: it must need no field of a subclass. */
  protected abstract sdks(): readonly Sdk[];

  /** What it covers, and the versions that its tests run on: what it announces versions by, for whoever wants to tell beforehand. */
  get covered(): readonly Pick<Sdk, 'name' | 'tested'>[] {
    const all = this.#all;
    // An SDK may have several rows, for what is built differently.
    return all.filter(({ name, tested }, i) => all.findIndex((other) => other.name === name && other.tested === tested) === i);
  }

  protected override start(): () => void {
    const leave = super.start();
    const wanted = wantedBy(this.#all);
    guard('looking for SDKs among the loaded modules', () => loadedBefore(wanted).forEach((loaded) => this.#loaded(loaded)));
    const stop = guard('hooking files of SDKs', () => watchModules(wanted, (loaded) => this.#loaded(loaded)));
    return () => {
      stop?.();
      leave();
    };
  }

  get #all(): readonly Sdk[] {
    return (this.#sdks ??= this.sdks());
  }

  #loaded(loaded: LoadedFile): void {
    for (const sdk of this.#all) {
      if (sdk.uncovered?.files.includes(loaded.file) === true) announce(`${sdk.name}:uncovered`, sdk.uncovered.says);
      if (sdk.files.includes(loaded.file) || (loaded.name === sdk.name && sdk.filesOnly !== true && !isFileOfAny(this.#all, loaded.file))) guard(`patching ${sdk.name}`, () => this.#patch(sdk, loaded));
    }
  }

  #patch(sdk: Sdk, { exports, path, version }: LoadedFile): void {
    const targets = sdk.targets(exports);
    inspect(() => ({ kind: 'hook', sdk: sdk.name, version, path, hooked: targets.length > 0 }));
    const known = targets.length > 0 && targets.every((target) => this.isObserved(target));
    // Single clients may have been given by hand.
    for (const target of targets) observeEveryone(target);
    if (known) return;
    const name = `${sdk.name} ${version ?? '(unknown version)'}`;
    const { from, below } = sdk.tested;
    if (targets.length === 0) {
      announce(`${sdk.name}:unpatchable:${version}`, `${name} is not built as the versions that are known (${from} to below ${below}): its calls are traced from the wire alone.`);
      return;
    }
    if (version === undefined || !isTested(version, sdk.tested)) announce(`${sdk.name}:untested:${version}`, `${name} is traced, but only versions from ${from} to below ${below} are tested.`);
    for (const target of targets) if (!this.isObserved(target)) this.observe(target, sdk);
  }
}

function wantedBy(sdks: readonly Sdk[]): Wanted {
  return {
    files: new Set(sdks.flatMap(({ files, uncovered }) => [...files, ...(uncovered?.files ?? [])])),
    packages: new Set(sdks.filter(({ filesOnly }) => filesOnly !== true).map(({ name }) => name)),
  };
}

/** Whether a file is one of those that a row names; of the others, only entries of the package are watched. */
function isFileOfAny(sdks: readonly Sdk[], file: string): boolean {
  return sdks.some(({ files, uncovered }) => files.includes(file) || uncovered?.files.includes(file) === true);
}
