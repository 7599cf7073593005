import { AREAS, type Area, type Row } from './rows.ts';

const COUNT = new Intl.NumberFormat('en');

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}

/** Code in a cell of a table, whatever it holds. */
function code(text: string): string {
  const fence = '`'.repeat(1 + Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)));
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return cell(`${fence}${pad}${text}${pad}${fence}`);
}

function line({ tried, times, result, holds, command }: Row): string {
  return `| ${cell(tried)} | ${COUNT.format(times)} | ${holds ? '' : '**DOES NOT HOLD**: '}${cell(result)} | ${code(command)} |`;
}

function section(area: Area, rows: readonly Row[]): string {
  const table = ['| what was tried | how often | what came of it | command |', '| --- | ---: | --- | --- |', ...rows.map(line)];
  return [`## ${area}`, '', AREAS[area], '', ...(rows.length > 0 ? table : ['**Not measured.**'])].join('\n');
}

function isArea(name: string): name is Area {
  return Object.hasOwn(AREAS, name);
}

/** Areas of which nothing was measured. */
export function unmeasured(rows: readonly Row[]): Area[] {
  return Object.keys(AREAS).filter(isArea).filter((area) => !rows.some((row) => row.area === area));
}

function summary(rows: readonly Row[]): string {
  const failing = rows.filter(({ holds }) => !holds).length;
  const missing = unmeasured(rows);
  return [
    `Rows: ${COUNT.format(rows.length)}.`,
    failing === 0 ? 'Each of them holds.' : `**Do not hold, and are marked so: ${COUNT.format(failing)}.**`,
    ...(missing.length === 0 ? [] : [`**Not measured: ${missing.join(', ')}.**`]),
  ].join(' ');
}

/** The page `docs/safety.md`, as the rows say. */
export function page(rows: readonly Row[]): string {
  const areas = Object.keys(AREAS).filter(isArea);
  return `# How safe it is

An instrumentation lives in other people's processes. Instead of promises, this page has figures: what was tried, how often, what was lost or seen, and the command that does it again.
The test suites measure the rows and \`npm run safety\` writes this page of them; a test fails if the two differ. A row that does not come as it must stands here all the same, marked **DOES NOT HOLD**.

${summary(rows)}

What could be sent into the process and out of it, and what stands against it: [SECURITY.md](../SECURITY.md). What a call costs: [test/bench/RESULTS.md](../test/bench/RESULTS.md). Every fault against every SDK: [truth.md](truth.md).

${areas.map((area) => section(area, rows.filter((row) => row.area === area))).join('\n\n')}
`;
}
