import type { OutspanConfig } from '@outspan/core';

/** How the application is instrumented. */
export interface ModeSettings {
  /** With the OpenAI boundary and Anthropic's own spans; else from the wire alone. */
  readonly hooked: boolean;
  readonly capture: NonNullable<OutspanConfig['captureContent']>;
  /** Only the newest names; else both generations. */
  readonly latestNames: boolean;
}

export type Mode = 'hooked' | 'inferred' | 'hooked, with content' | 'inferred, with content';

export const MODES: Readonly<Record<Mode, ModeSettings>> = {
  hooked: { hooked: true, capture: 'none', latestNames: false },
  inferred: { hooked: false, capture: 'none', latestNames: true },
  'hooked, with content': { hooked: true, capture: 'span_and_event', latestNames: true },
  'inferred, with content': { hooked: false, capture: 'span_and_event', latestNames: false },
};
