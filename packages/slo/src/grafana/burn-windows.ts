import type { Model } from '../model/model.ts';
import type { Threshold } from './panel.ts';
export function burnWindows(model: Model): readonly { readonly window: number; readonly thresholds: readonly Threshold[] }[] { return [{window: 3600*model.timeScale, thresholds:[{value:14.4,color:'red'}]}]; }
