import type { OutspanConfig } from '@outspan/core';

/** How the application is instrumented. */
export interface ModeSettings {
  /** With the OpenAI boundary and Anthropic's own spans; else from the wire alone. */
  readonly hooked: boolean;
  readonly capture: NonNullable<OutspanConfig['captureContent']>;
}

export type Mode = 'hooked' | 'inferred' | 'hooked, with content' | 'inferred, with content';

export const MODES: Readonly<Record<Mode, ModeSettings>> = {
  hooked: { hooked: true, capture: 'none' },
  inferred: { hooked: false, capture: 'none' },
  'hooked, with content': { hooked: true, capture: 'span_and_event' },
  'inferred, with content': { hooked: false, capture: 'span_and_event' },
};
