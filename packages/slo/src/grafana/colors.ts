import type { Origin } from '../model/model.ts';
import type { Color } from './panel.ts';

/** `outspan.operation.outcome` as every graph shows it. */
export const OUTCOME_COLORS: Readonly<Record<'success' | 'failure' | 'cancelled', Color>> = { success: 'green', failure: 'red', cancelled: 'blue' };

/** `outspan.error.origin` as every graph shows it. */
export const ORIGIN_COLORS: Readonly<Record<Origin, Color>> = {
  provider: 'red',
  gateway: 'orange',
  network: 'yellow',
  account: 'purple',
  request: 'blue',
  client: 'green',
  unknown: 'text',
};
