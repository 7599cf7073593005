/**
 * Asks the registry that this machine installs from for known vulnerabilities of everything that is not a development tool, and
 * fails if there is one, however low. A registry that does not answer such questions (a mirror often does not) is told
 * of and is no failure, unless OUTSPAN_REQUIRE_AUDIT=1, as for a release.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PATIENCE = 60_000;

/** pnpm's report, or undefined where it printed none because the registry gave no answer that it understands. */
function reportOf(stdout) {
  try {
    const report = JSON.parse(stdout);
    return report?.metadata !== undefined && report.advisories !== undefined ? report : undefined;
  } catch {
    return undefined;
  }
}

const { stdout, stderr, error } = spawnSync(join(ROOT, 'node_modules/.bin/pnpm'), ['audit', '--prod', '--json'], {
  cwd: ROOT,
  encoding: 'utf8',
  timeout: PATIENCE,
  maxBuffer: 64 * 1024 * 1024,
});
const report = reportOf(stdout);
if (report === undefined) {
  const why = error?.message ?? stderr.replaceAll(/[│×\s]+/g, ' ').trim();
  process.stdout.write(`audit SKIPPED: nothing is known about vulnerabilities, for the registry did not answer: ${why}\n`);
  process.exitCode = process.env['OUTSPAN_REQUIRE_AUDIT'] === '1' ? 1 : 0;
} else {
  const advisories = Object.values(report.advisories);
  for (const { severity, module_name: name, vulnerable_versions: versions, title, url } of advisories) {
    process.stdout.write(`${severity}: ${name} ${versions}: ${title} ${url}\n`);
  }
  process.stdout.write(`audit: ${advisories.length} known vulnerabilities in ${report.metadata.totalDependencies} packages\n`);
  process.exitCode = advisories.length > 0 ? 1 : 0;
}
