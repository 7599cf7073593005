import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Some series over time, and what rules are to make of it: a test group as promtool takes it. */
export interface RuleTest {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly promql_expr_test?: readonly { readonly expr: string; readonly eval_time: string; readonly exp_samples: readonly { readonly labels: string; readonly value: number }[] }[];
  readonly alert_rule_test?: readonly { readonly eval_time: string; readonly alertname: string; readonly exp_alerts: readonly object[] }[];
}

/** Tests of one rule file. */
export interface RuleTests {
  readonly rules: string;
  /** Names of their groups, in the order in which they are evaluated. */
  readonly groups: readonly string[];
  /** Seconds between two evaluations. */
  readonly interval: number;
  readonly tests: readonly RuleTest[];
}

/**
 * Runs many tests in one go of `promtool test rules`.
 * @returns by the test's name, what failed; empty where all is as expected
 * @throws where promtool does not get as far as running them
 */
export async function testRules(promtool: string, batches: readonly RuleTests[]): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'outspan-promtool-'));
  try {
    const files = await Promise.all(
      batches.map(async ({ rules, groups, interval, tests }, index) => {
        const file = join(folder, `${index}.test.yaml`);
        await writeFile(join(folder, `${index}.rules.yaml`), rules);
        // JSON is YAML.
        await writeFile(file, JSON.stringify({ rule_files: [`${index}.rules.yaml`], evaluation_interval: `${interval}s`, group_eval_order: groups, tests }));
        return file;
      }),
    );
    const report = join(folder, 'junit.xml');
    const said = await run(promtool, ['test', 'rules', `--junit=${report}`, ...files], { maxBuffer: 64 * 1024 * 1024 }).catch((error: unknown) => error);
    const results = resultsOf(await readFile(report, 'utf8').catch(() => ''));
    const missing = batches.flatMap(({ tests }) => tests).filter(({ name }) => !results.has(name));
    if (missing.length > 0) throw new Error(`promtool did not run ${missing.map(({ name }) => name).join(', ')}`, { cause: said });
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs `promtool check rules`. @returns what it says @throws where it finds fault */
export async function checkRules(promtool: string, rules: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'outspan-promtool-'));
  try {
    const file = join(folder, 'rules.yaml');
    await writeFile(file, rules);
    const { stdout, stderr } = await run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', file]);
    return stdout + stderr;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Test cases of a JUnit report, and what it says of those that failed. */
function resultsOf(xml: string): Map<string, string> {
  const results = new Map<string, string>();
  for (const [, name, rest] of xml.matchAll(/<testcase name="([^"]*)"([\s\S]*?)(?:\/>|<\/testcase>)/g)) {
    results.set(unescape(name ?? ''), unescape((rest ?? '').replaceAll(/<\/?\w+>?|^>/g, '').trim()));
  }
  return results;
}

function unescape(xml: string): string {
  return xml.replaceAll(/&#(x?)([\da-f]+);|&(lt|gt|quot|apos|amp);/gi, (_, hex: string, code: string, entity: string) =>
    code === undefined ? (ENTITIES[entity] ?? '') : String.fromCodePoint(Number.parseInt(code, hex === '' ? 10 : 16)),
  );
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
