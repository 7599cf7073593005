import type * as ContextAsyncHooks from '@opentelemetry/context-async-hooks';
import type * as Core from '@opentelemetry/core';
import type * as Resources from '@opentelemetry/resources';
import type * as SdkMetrics from '@opentelemetry/sdk-metrics';
import type { FoundSdk } from './find.ts';

/** Packages that are alike in SDK 2 and 3, as far as they are used. */
interface Packages {
  readonly '@opentelemetry/api': typeof import('@opentelemetry/api');
  readonly '@opentelemetry/context-async-hooks': typeof ContextAsyncHooks;
  readonly '@opentelemetry/core': typeof Core;
  readonly '@opentelemetry/resources': typeof Resources;
  readonly '@opentelemetry/sdk-metrics': typeof SdkMetrics;
}

/** Loads a package of the SDK. */
export function packageOf<Name extends keyof Packages>(sdk: FoundSdk, name: Name): Packages[Name] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the package of this name
  return sdk.load(name) as Packages[Name];
}

/**
 * Makes an object of a class in a package of the SDK.
 *
 * @throws where the package, or the class, is not there
 */
export function make(sdk: FoundSdk, name: string, exported: string, ...args: readonly unknown[]): object {
  const exports: unknown = sdk.load(name);
  const found: unknown = typeof exports === 'object' && exports !== null ? Reflect.get(exports, exported) : undefined;
  if (typeof found !== 'function') throw new TypeError(`${name} of this version has no ${exported}`);
  const made: unknown = Reflect.construct(found, args);
  return Object(made);
}

/** The package that spans are made by. */
export function tracePackage(sdk: FoundSdk): string {
  return sdk.likeSdk3 ? '@opentelemetry/sdk-trace' : '@opentelemetry/sdk-trace-base';
}

/** Makes a processor of spans or log records: of the older ones, the exporter is an argument of its own. */
export function makeProcessor(sdk: FoundSdk, name: string, exported: string, exporter: object, options: object = {}): object {
  return sdk.likeSdk3 ? make(sdk, name, exported, { exporter, ...options }) : make(sdk, name, exported, exporter, options);
}
