import type { Json } from '../json.ts';
import { className, project, projectError } from './project.ts';

/** Everything that the application saw of one call. */
export interface Outcome {
  /** Classes of the objects that it was given, in order: promise, result, stream. */
  readonly classes: readonly string[];
  /** What it was given, by a name that the driver chooses. */
  readonly values: Readonly<Record<string, Json>>;
  /** The events of a stream, in order. */
  readonly events: readonly Json[];
  /** Absent when nothing was thrown. */
  readonly threw?: Json;
  /** The call had not come to an end when the time was up, although the application had given up. */
  readonly unsettled?: true;
}

/** Gathers an {@link Outcome}. */
export class Observation {
  readonly #classes: string[] = [];
  readonly #values: Record<string, Json> = {};
  readonly #events: Json[] = [];

  /** Notes the class of an object and hands it on as it is. */
  seen<T>(value: T): T {
    this.#classes.push(className(value));
    return value;
  }

  /** Notes a value. */
  value(name: string, value: unknown): void {
    this.#values[name] = project(value);
  }

  /** Notes an event. */
  event(event: unknown): void {
    this.#events.push(project(event));
  }

  outcome(end: { readonly threw?: unknown; readonly unsettled?: true }): Outcome {
    return {
      classes: this.#classes,
      values: this.#values,
      events: this.#events,
      ...('threw' in end && { threw: projectError(end.threw) }),
      ...(end.unsettled && { unsettled: true as const }),
    };
  }
}
