import { type Cell, faultOf } from '../cells/cell.ts';
import type { Driver } from '../drivers/driver.ts';
import { EXCEPTIONS } from '../exceptions.ts';
import { findingText } from '../judge/finding.ts';
import { endsItself, judgementOf, truthOf } from '../judge/truth-of-cell.ts';
import { NODE_VERSIONS, nodeRelease } from '../runner/places.ts';
import { type Proof, type Proofs, variantName } from '../runner/prove.ts';
import { LIBRARIES, partsOf, type ProvenLibrary } from './libraries.ts';
import { applicationView } from './view.ts';

/** The page `docs/truth.md`. It says nothing that differs from run to run. */
export function truthDocument(all: readonly Proofs[]): string {
  const main = all.find(({ variant }) => variant.node === '24') ?? all[0];
  if (main === undefined) throw new RangeError('nothing was proven');
  const parts = [introduction(main, all), broken(all), ...LIBRARIES.flatMap((library) => libraryTables(library, main)), variantDifferences(main, all), exceptionTable(), leftOutTable()];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function introduction(main: Proofs, all: readonly Proofs[]): string {
  const proofs = [...main.cells.values()];
  const silent = proofs.filter(isSilent);
  const versions = LIBRARIES.flatMap(({ packages }) => packages.flatMap(({ name, versions: tested }) => tested.map((version) => `${name} ${version}`)));
  return `# What is proven

This page is written by \`npm run truth\`. It plays every fault of \`@outspan/fault-provider\` to every way of calling an LLM that is listed here, twice: without
Outspan and with it. For each of these cells it checks

- that **the application cannot tell**: same values, same errors (class, message, fields, causes), same events, same objects, same unhandled rejections, same
  requests on the wire, no connection held open that would have closed;
- that **the telemetry is true**, measured against what the fault is known to do: one operation span, ended; one span beneath it for each request that the provider
  received; status, error class, origin, whether a retry is worth it, kind of truncation, number of retries, tokens, finish reasons, response id and model
  wherever the provider sent them; no error where the caller stopped the call; no key and no prompt in any attribute.

${provenOn(main, all)}

Versions: ${[...versions, ...NODE_VERSIONS.map((node) => `Node ${nodeRelease(node)}`)].join(' · ')}.

In ${silent.length} of the ${proofs.length} cells **the SDK tells the application nothing of a failure**: the call returns, or the stream just ends. They are marked ⚠ below.

The tables show, for the newest version of each library on ${variantName(main.variant)}, what happens to the requests of one call (the last fault repeats), what is true of the call
then, and what the application is told: \`ok\`, the class of what is thrown, \`no event\` of a stream, or without an SDK the status and the \`bytes\`, with the number of requests before it where that is not one. SDKs may retry once here,
and have a deadline of two seconds where a silence has to end; where they have none for it, the application gives up and the call is cancelled.`;
}

/** Where all cells were run, and where a choice of them. */
function provenOn(main: Proofs, all: readonly Proofs[]): string {
  const names = (whole: boolean): string => all.filter(({ cells }) => (cells.size === main.cells.size) === whole).map(({ variant }) => variantName(variant)).join(' · ');
  const choice = all.find(({ cells }) => cells.size < main.cells.size);
  const everywhere = `${main.cells.size} cells, each proven on: ${names(true)}.`;
  return choice === undefined ? everywhere : `${everywhere} Of them a choice of about ${choice.cells.size}, in which every driver and every fault occurs, was proven on each of: ${names(false)}.`;
}

function broken(all: readonly Proofs[]): string {
  const lines = all.flatMap((proofs) => {
    const failed = [...proofs.cells.values()].filter(({ findings }) => findings.length > 0);
    return [
      ...proofs.process.map((complaint) => `| ${variantName(proofs.variant)} | the process | ${text(complaint)} |`),
      ...failed.map(({ cell, findings: [first] }) => `| ${variantName(proofs.variant)} | ${text(cell.id)} | ${text(first === undefined ? '' : findingText(first))} |`),
    ];
  });
  return lines.length === 0 ? '' : `## What does not hold\n\n| where | cell | what |\n| --- | --- | --- |\n${lines.join('\n')}`;
}

/** Whether something failed and the application was not told. */
function isSilent({ cell, untraced }: Proof): boolean {
  if (cell.pattern !== 'read' || !endsItself(cell) || untraced.outcome === undefined || untraced.outcome.threw !== undefined || untraced.outcome.unsettled) return false;
  if (cell.driver.library === 'fetch' || cell.driver.library === 'undici') return false;
  const last = untraced.requests.at(-1)?.fault;
  const status = untraced.requests.at(-1)?.answered.status ?? 0;
  return last !== undefined && status < 300 && truthOf(cell.driver, last).failed;
}

function libraryTables({ title, library }: ProvenLibrary, main: Proofs): readonly string[] {
  const proofs = [...main.cells.values()].filter(({ cell }) => cell.driver.library === library);
  const newest = proofs.filter(({ cell }) => !isOlder(cell.driver, proofs));
  const groups = Map.groupBy(newest, ({ cell }) => `${cell.driver.dialect}, ${cell.driver.mode === 'unary' ? 'one document' : 'stream'}`);
  const tables = [...groups].map(([name, members]) => `### ${title}: ${name}\n\n${table(members)}`);
  const older = olderDifferences(proofs);
  return [`## ${title}`, ...tables, ...(older === '' ? [] : [`### ${title}: where older versions differ\n\n${older}`])];
}

function isOlder(driver: Driver, proofs: readonly Proof[]): boolean {
  const { version, call } = partsOf(driver);
  return proofs.some(({ cell }) => partsOf(cell.driver).call === call && partsOf(cell.driver).version > version);
}

function rowName({ script, pattern }: Cell): string {
  return [script.join(', '), ...(pattern === 'read' ? [] : [pattern.replaceAll('_', ' ')])].join(': ');
}

function table(proofs: readonly Proof[]): string {
  const drivers = [...new Map(proofs.map(({ cell }) => [cell.driver.id, cell.driver])).values()];
  const rows = Map.groupBy(proofs, ({ cell }) => rowName(cell));
  const head = `| what happens | what is true | ${drivers.map((driver) => text(partsOf(driver).call)).join(' | ')} |\n|${' --- |'.repeat(drivers.length + 2)}`;
  const uneventful: string[] = [];
  const lines = [...rows].flatMap(([name, members]) => {
    const [first] = members;
    if (first === undefined) return [];
    const truth = truthText(first, members);
    const views = drivers.map((driver) => {
      const proof = members.find(({ cell }) => cell.driver === driver);
      return proof === undefined ? '–' : `${isSilent(proof) ? '⚠ ' : ''}${applicationView(proof.cell, proof.untraced)}`;
    });
    if (truth === 'success' && views.every((view) => view === 'ok' || view === 'bytes' || view === '–')) {
      uneventful.push(name);
      return [];
    }
    return [`| ${text(name)} | ${truth} | ${views.map(text).join(' | ')} |`];
  });
  return `${head}\n${lines.join('\n')}\n\nHealthy answers that arrive as such: ${uneventful.join(', ')}.`;
}

/** The truth of the last attempt; where drivers' deadlines differ, of those that have one. */
function truthText(first: Proof, members: readonly Proof[]): string {
  const { cell, untraced } = members.find((proof) => endsItself(proof.cell)) ?? first;
  if (cell.pattern !== 'read') return 'cancelled';
  if (!endsItself(cell)) return 'the caller gives up: cancelled';
  const truth = truthOf(cell.driver, untraced.requests.at(-1)?.fault ?? faultOf(cell.script.at(-1) ?? '').id);
  const judgement = judgementOf(cell.driver, truth);
  const truncation = judgement.truncation?.join(', ');
  if (!judgement.failed) return truncation === undefined ? 'success' : `success (${truncation})`;
  return `**${judgement.class}**, ${judgement.origin}${truncation === undefined ? '' : ` (${truncation})`}`;
}

/** Rows that say the same of several places, with the places in their first cell. */
function grouped(rows: readonly { readonly where: string; readonly says: readonly string[] }[]): string {
  const groups = Map.groupBy(rows, ({ says }) => says.join('\n'));
  return [...groups.values()].map((members) => `| ${[...new Set(members.map(({ where }) => text(where)))].join('<br>')} | ${(members[0]?.says ?? []).map(text).join(' | ')} |`).join('\n');
}

function olderDifferences(proofs: readonly Proof[]): string {
  const rows = proofs.flatMap(({ cell, untraced }) => {
    const { version, call } = partsOf(cell.driver);
    const newer = proofs.filter((other) => partsOf(other.cell.driver).call === call && partsOf(other.cell.driver).version > version && rowName(other.cell) === rowName(cell)).at(-1);
    if (newer === undefined) return [];
    const [then, now] = [applicationView(cell, untraced), applicationView(newer.cell, newer.untraced)];
    return then === now ? [] : [{ where: cell.driver.id, says: [rowName(cell), then, now] }];
  });
  return rows.length === 0 ? '' : `| driver | what happens | it says | the newest says |\n| --- | --- | --- | --- |\n${grouped(rows)}`;
}

function variantDifferences(main: Proofs, all: readonly Proofs[]): string {
  const rows = all.flatMap(({ variant, cells }) =>
    [...cells.values()].flatMap(({ cell, untraced }) => {
      const usual = main.cells.get(cell.id);
      if (usual === undefined || variant.tracing !== 'hooked') return [];
      const [here, there] = [applicationView(cell, untraced), applicationView(usual.cell, usual.untraced)];
      return here === there ? [] : [{ where: `Node ${variant.node}: ${cell.driver.id}`, says: [rowName(cell), here, there] }];
    }),
  );
  return rows.length === 0 ? '' : `## Where Node releases differ\n\n| driver | what happens | it is told | elsewhere it is told |\n| --- | --- | --- | --- |\n${grouped(rows)}`;
}

function exceptionTable(): string {
  const rows = EXCEPTIONS.map(({ drivers, meets, says, reason }) => `| ${text(drivers)} | ${text(meets)} | ${text(says)} | ${text(reason)} |`);
  return `## What cannot be known

A cell is held to the truth of its fault, except for these.

| driver | what happens | what the spans say | why |
| --- | --- | --- | --- |
${rows.join('\n')}`;
}

function leftOutTable(): string {
  const rows = LIBRARIES.flatMap(({ drivers, title }) => [...new Set(drivers.map(({ leftOut }) => leftOut))].flatMap((one) => (one === undefined ? [] : [`| ${title} | ${text(one.meets)} | ${text(one.reason)} |`])));
  return rows.length === 0 ? '' : `## What is not played\n\n| SDK | what happens | why |\n| --- | --- | --- |\n${rows.join('\n')}`;
}

function text(value: string): string {
  return value.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
