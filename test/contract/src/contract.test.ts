import { beforeAll, describe, expect, it } from 'vitest';
import { findingText } from './judge/finding.ts';
import { layOutApplications } from './runner/places.ts';
import { prove, type Proofs, variantName } from './runner/prove.ts';
import { TESTED } from './runner/variants.ts';

describe.each(TESTED.map(({ variant, cells }) => ({ name: variantName(variant), variant, cells })))('$name', ({ variant, cells }) => {
  let proofs: Proofs;

  beforeAll(async () => {
    layOutApplications();
    proofs = await prove(variant, cells);
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
