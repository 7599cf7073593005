import { ATTR } from '@outspan/core';
import * as fromBodies from '../../../packages/core/src/dialects/attribute-names.ts';

const RATE_LIMITS = ['requests', 'tokens'].flatMap((subject) => ['limit', 'remaining', 'reset'].map((figure) => `outspan.rate_limit.${subject}.${figure}`));
const MODALITIES = ['text', 'image', 'audio'].flatMap((modality) => ['input', 'output'].map((side) => `gen_ai.usage.${modality}.${side}_tokens`));

/** Every attribute that the code can write to a span. The last two groups are put together where they are written. */
export const ATTRIBUTE_NAMES: ReadonlySet<string> = new Set([...Object.values(ATTR), ...Object.values(fromBodies), ...RATE_LIMITS, ...MODALITIES]);
