/** `npm run truth`: proves every cell in every variant, prints the table and writes `docs/truth.md`. Options narrow it, for work on a fault. */
import { parseArgs } from 'node:util';
import { CELLS } from './cells/cell.ts';
import { findingText } from './judge/finding.ts';
import { layOutApplications, NODE_VERSIONS, type NodeVersion } from './runner/places.ts';
import { prove, type Proofs, type UntracedRuns, type Variant, variantName } from './runner/prove.ts';

const { values } = parseArgs({
  options: {
    node: { type: 'string' },
    form: { type: 'string' },
    tracing: { type: 'string' },
    driver: { type: 'string' },
    fault: { type: 'string' },
    show: { type: 'string', default: '60' },
  },
});

const VARIANTS: readonly Variant[] = NODE_VERSIONS.flatMap((node): readonly Variant[] => [
  { node, form: 'esm', tracing: 'hooked', rooted: true },
  { node, form: 'cjs', tracing: 'hooked', rooted: true },
  { node, form: 'esm', tracing: 'hookless', rooted: true },
]);

const variants = VARIANTS.filter(
  ({ node, form, tracing }) => (values.node === undefined || isNode(values.node, node)) && (values.form ?? form) === form && (values.tracing ?? tracing) === tracing,
);
const cells = CELLS.filter(({ driver, script, pattern }) => matches(values.driver, driver.id) && matches(values.fault, `${script.join(',')} ${pattern}`));

layOutApplications();
console.log(`${cells.length} cells, ${variants.length} variants`);
const untracedRuns: UntracedRuns = new Map();
const all: Proofs[] = [];
for (const variant of variants) {
  const begun = Date.now();
  const proofs = await prove(variant, cells, untracedRuns);
  all.push(proofs);
  const failed = [...proofs.cells.values()].filter(({ findings }) => findings.length > 0);
  const unsteady = [...proofs.cells.values()].filter((proof) => proof.unsteady.length > 0);
  console.log(`\n${variantName(variant)}: ${proofs.cells.size - failed.length} of ${proofs.cells.size} cells hold, ${unsteady.length} only when run again (${Math.round((Date.now() - begun) / 1000)} s)`);
  for (const line of proofs.process) console.log(`  process · ${line}`);
  for (const { cell, findings } of failed.slice(0, Number(values.show))) {
    console.log(`  ✗ ${cell.id}`);
    for (const finding of findings.slice(0, 8)) console.log(`      ${findingText(finding)}`);
  }
  for (const { cell, unsteady: was } of unsteady.slice(0, Number(values.show))) console.log(`  ~ ${cell.id}\n      ${was.slice(0, 2).map(findingText).join('\n      ')}`);
}
if (all.some((proofs) => proofs.process.length > 0 || [...proofs.cells.values()].some(({ findings }) => findings.length > 0))) process.exitCode = 1;

function matches(pattern: string | undefined, text: string): boolean {
  return pattern === undefined || new RegExp(pattern).test(text);
}

function isNode(wanted: string, node: NodeVersion): boolean {
  return wanted === node;
}
