import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findingText } from './judge/finding.ts';
import { truthDocument } from './report/document.ts';
import { layOutApplications, TRUTH_PAGE } from './runner/places.ts';
import { prove, type Proofs, variantName } from './runner/prove.ts';
import { TESTED } from './runner/variants.ts';

/** The page of truth can be written from what is run here: `npm run truth` plays every cell in every variant, which takes more than an hour. */
const all: Proofs[] = [];
afterAll(() => {
  if (process.env['OUTSPAN_UPDATE_TRUTH'] === '1' && all.length === TESTED.length) writeFileSync(TRUTH_PAGE, truthDocument(all));
});

describe.each(TESTED.map(({ variant, cells }) => ({ name: variantName(variant), variant, cells })))('$name', ({ variant, cells }) => {
  let proofs: Proofs;

  beforeAll(async () => {
    layOutApplications();
    proofs = await prove(variant, cells);
    all.push(proofs);
  });

  it('ends every span, ends by itself, and says nothing that it need not', () => {
    expect(proofs.process).toEqual([]);
  });

  it('seldom needs a second run', () => {
    const unsteady = [...proofs.cells.values()].filter((proof) => proof.unsteady.length > 0).map(({ cell, unsteady: [first] }) => `${cell.id}: ${first === undefined ? '' : findingText(first)}`);
    expect(unsteady.length, unsteady.join('\n')).toBeLessThanOrEqual(Math.ceil(cells.length / 50));
  });

  it.each(cells.map(({ id }) => id))('%s', (id) => {
    expect(proofs.cells.get(id)?.findings.map(findingText)).toEqual([]);
  });
});
