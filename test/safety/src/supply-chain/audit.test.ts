import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordRows } from '../record.ts';
import { ROOT } from '../repository.ts';

/** What a registry answers to the question for vulnerabilities. */
interface Answer {
  readonly status: number;
  readonly body: string;
}

const VULNERABLE = JSON.stringify({
  ajv: [{ id: 1, url: 'https://github.com/advisories/GHSA-0000-0000-0000', title: 'It is said to be bad', severity: 'low', vulnerable_versions: '<99', cwe: [], cvss: { score: 1, vectorString: null } }],
});

const asked: string[] = [];

/** Runs scripts/audit.mjs against a registry on loopback that answers so. */
async function audit(answer: Answer, env: Readonly<Record<string, string>> = {}): Promise<{ readonly code: number; readonly output: string }> {
  const registry = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push(body);
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`;
  try {
    return await new Promise((resolve) => {
      execFile(process.execPath, [join(ROOT, 'scripts/audit.mjs')], { env: { ...process.env, OUTSPAN_REQUIRE_AUDIT: '', npm_config_registry: url, pnpm_config_registry: url, ...env } }, (error, output) => resolve({ code: Number(error?.code ?? 0), output }));
    });
  } finally {
    registry.close();
  }
}

recordRows('audit', () => [
  {
    area: 'Supply chain',
    tried: 'the check for known vulnerabilities, against registries on loopback: one that knows none, one that knows one, one that does not answer such questions',
    times: 4,
    result: 'passes, fails, and is skipped aloud (or fails where OUTSPAN_REQUIRE_AUDIT=1), in this order; what it finds on the real registry, `.ci/run` prints',
    command: 'npx vitest run --project safety test/safety/src/supply-chain/audit.test.ts',
  },
]);

describe('the check for known vulnerabilities', () => {
  it('passes where the registry knows of none, and has asked for what users install', async () => {
    const { code, output } = await audit({ status: 200, body: '{}' });
    expect(output).toMatch(/^audit: 0 known vulnerabilities in \d{2,} packages\n$/);
    expect(code).toBe(0);
    expect(Object.keys(JSON.parse(asked.at(-1) ?? '{}') as object)).toEqual(expect.arrayContaining(['@opentelemetry/sdk-node', 'protobufjs', 'ajv']));
  });

  it('fails where there is one, however low, and says which', async () => {
    const { code, output } = await audit({ status: 200, body: VULNERABLE });
    expect(output).toContain('low: ajv <99: It is said to be bad https://github.com/advisories/GHSA-0000-0000-0000');
    expect(code).toBe(1);
  });

  it('is skipped aloud where the registry does not answer such questions', async () => {
    const { code, output } = await audit({ status: 405, body: '' });
    expect(output).toMatch(/^audit SKIPPED: .*405/);
    expect(code).toBe(0);
  });

  it('is not skipped for a release', async () => {
    expect(await audit({ status: 405, body: '' }, { OUTSPAN_REQUIRE_AUDIT: '1' })).toEqual({ code: 1, output: expect.stringContaining('audit SKIPPED') });
  });
});
