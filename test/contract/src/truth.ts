/** `npm run truth`: proves every cell in every variant, prints the table and writes `docs/truth.md`. Options narrow it, for work on one fault; then nothing is written. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CELLS } from './cells/cell.ts';
import { findingText } from './judge/finding.ts';
import { truthDocument } from './report/document.ts';
import { layOutApplications, TRUTH_PAGE } from './runner/places.ts';
import { prove, type Proofs, type UntracedRuns, variantName } from './runner/prove.ts';
import { cellsOf, VARIANTS } from './runner/variants.ts';

const { values } = parseArgs({
  options: {
    node: { type: 'string' },
    form: { type: 'string' },
    tracing: { type: 'string' },
    /** Regular expressions. */
    driver: { type: 'string' },
    fault: { type: 'string' },
    /** How many failing cells are shown of each variant. */
    show: { type: 'string', default: '60' },
    /** Write the page although the run is narrowed, to this file. */
    page: { type: 'string' },
  },
});
const { page, show, ...narrowed } = values;

const variants = VARIANTS.filter(({ node, form, tracing }) => equals(values.node, node) && equals(values.form, form) && equals(values.tracing, tracing));
const cells = CELLS.filter(({ driver, script, pattern }) => matches(values.driver, driver.id) && matches(values.fault, `${script.join(',')} ${pattern}`));
const most = Number(show);

layOutApplications();
console.log(`${cells.length} cells, ${variants.length} variants`);
const untracedRuns: UntracedRuns = new Map();
const all: Proofs[] = [];
for (const variant of variants) {
  const begun = Date.now();
  const proofs = await prove(variant, cellsOf(variant, cells), untracedRuns);
  all.push(proofs);
  print(proofs, Date.now() - begun);
}
const file = page ?? (Object.values(narrowed).every((option) => option === undefined) ? TRUTH_PAGE : undefined);
if (file !== undefined) {
  const document = truthDocument(all);
  writeFileSync(file, document);
  console.log(`\n${document}`);
}
if (all.some((proofs) => proofs.process.length > 0 || [...proofs.cells.values()].some(({ findings }) => findings.length > 0))) process.exitCode = 1;

function print(proofs: Proofs, took: number): void {
  const results = [...proofs.cells.values()];
  const failed = results.filter(({ findings }) => findings.length > 0);
  const unsteady = results.filter((proof) => proof.unsteady.length > 0);
  console.log(`\n${variantName(proofs.variant)}: ${results.length - failed.length} of ${results.length} cells hold, ${unsteady.length} only when run again (${Math.round(took / 1000)} s)`);
  for (const line of proofs.process) console.log(`  process · ${line}`);
  for (const { cell, findings } of failed.slice(0, most)) console.log(`  ✗ ${cell.id}\n${findings.slice(0, 8).map((finding) => `      ${findingText(finding)}`).join('\n')}`);
  for (const proof of unsteady.slice(0, most)) console.log(`  ~ ${proof.cell.id}\n${proof.unsteady.slice(0, 2).map((finding) => `      ${findingText(finding)}`).join('\n')}`);
}

function matches(pattern: string | undefined, text: string): boolean {
  return pattern === undefined || new RegExp(pattern).test(text);
}

function equals(wanted: string | undefined, value: string): boolean {
  return wanted === undefined || wanted === value;
}
