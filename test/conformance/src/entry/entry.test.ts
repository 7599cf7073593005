/** Our entry for OpenTelemetry's conformance suite: each program by its own command, against a mock of its provider. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, metricsOf, spansOf } from '../otlp/index.ts';
import type { SpanData } from '../otlp/index.ts';
import { declarationOf, ENTRY, LIBRARIES, PROGRAMS } from './entry.ts';
import { expectedOf, FINDINGS } from './expected.ts';
import { spanViolations, unknownMetrics } from './judge.ts';
import { wordsFor } from './mock.ts';
import { runProgram } from './run-program.ts';

const STEP = /^(?:invoke_|execute_)/;
function operationOf({ attributes }: SpanData): string {
  const name = attributes['gen_ai.operation.name'];
  return typeof name === 'string' ? name : '';
}
const EMBEDDINGS = 'embeddings';

let provider: FaultProvider;
beforeAll(async () => {
  provider = await startFaultProvider();
});
afterAll(() => provider.close());

describe.concurrent.each(PROGRAMS)('$library/$scenario', (program) => {
  it('ends well and emits what its class is for', async ({ expect }) => {
    const { library, scenario } = program;
    const { script, calls, steps, attributes, first = [] } = expectedOf(library, scenario);
    const session = provider.session(script, wordsFor(scenario));
    const { exitCode, output, exports } = await runProgram(program, session.baseUrl);
    expect(exitCode, output).toBe(0);
    expect(session.requests).toHaveLength(calls.length);

    const spans = spansOf(exports);
    const made = spans.filter((span) => operationOf(span) !== '' && !STEP.test(operationOf(span)));
    expect(made.map(operationOf)).toEqual(calls);
    for (const call of made) expect(attributes.filter((name) => !(name in call.attributes))).toEqual([]);
    expect(first.filter((name) => !(name in (made[0]?.attributes ?? {})))).toEqual([]);
    if (steps !== undefined) expect(spans.filter((span) => STEP.test(operationOf(span))).map(({ name }) => name).sort()).toEqual([...steps].sort());
    expect(spanViolations(scenario, spans).filter((finding) => FINDINGS[library]?.some((right) => right.test(finding)) !== true)).toEqual([]);

    const metrics = metricsOf(exports);
    expect(unknownMetrics(metrics)).toEqual([]);
    expect(metrics.map(({ name }) => name)).toContain(calls.includes(EMBEDDINGS) ? 'gen_ai.client.embeddings.duration' : 'gen_ai.client.inference.duration');
    if (!calls.includes(EMBEDDINGS)) expect(eventsOf(exports).map(({ name }) => name)).toEqual(calls.map(() => 'gen_ai.client.inference.operation.details'));
    expect(new Set(spans.flatMap(({ resource }) => Object.keys(resource).filter((name) => /^(?:host|os|process)\./.test(name))))).toEqual(new Set());
  });
});

describe.concurrent.each(PROGRAMS.filter(({ scenario }) => scenario === 'tool_calling'))('$library/$scenario', (program) => {
  it('shows both sides of a tool call', async ({ expect }) => {
    const { library, scenario } = program;
    const { exports } = await runProgram(program, provider.session(expectedOf(library, scenario).script, wordsFor(scenario)).baseUrl);
    const [first, second] = spansOf(exports).filter((span) => operationOf(span) !== '');
    expect(first?.attributes['gen_ai.output.messages']).toContain('"type":"tool_call"');
    expect(second?.attributes['gen_ai.input.messages']).toContain('"type":"tool_call_response"');
    expect(second?.attributes['gen_ai.input.messages']).toContain('sunny in Seattle');
  });
});

describe.each(LIBRARIES)('the entry of %s', (library) => {
  const manifest = (folder: string): { name: string; dependencies: Record<string, string> } => JSON.parse(readFileSync(`${ENTRY}${library}/${folder}/package.json`, 'utf8'));

  it('has one program for each class that it declares, and no other', () => {
    const programs = readdirSync(`${ENTRY}${library}/scenarios`).filter((name) => name.endsWith('.js'));
    expect(programs.sort()).toEqual(PROGRAMS.filter((program) => program.library === library).map(({ scenario }) => `${scenario}.js`).sort());
  });

  it('has programs without OpenTelemetry and without settings of their own', () => {
    for (const name of readdirSync(`${ENTRY}${library}/scenarios`).filter((file) => file.endsWith('.js'))) {
      const source = readFileSync(`${ENTRY}${library}/scenarios/${name}`, 'utf8');
      expect(source.replace('Copyright The OpenTelemetry Authors', '')).not.toMatch(/telemetry|outspan|process\.|^import /im);
      expect(source).toContain('SPDX-License-Identifier: Apache-2.0');
    }
  });

  it('declares what the suite asks for, and no expectations', () => {
    const declaration = declarationOf(library);
    expect(Object.keys(declaration)).toEqual(['runner', 'instrumented_library', 'instrumentation_library', 'setup', 'server', 'env', 'scenarios']);
    expect(declaration).toMatchObject({ runner: 'genai-conformance', instrumentation_library: '@outspan/node', setup: 'otel-conformance-js install' });
    expect(Object.keys(manifest('scenarios').dependencies)).toContain(declaration['instrumented_library']);
  });

  it('pins the versions that run here', () => {
    const { dependencies } = manifest('scenarios');
    const require = createRequire(`${ENTRY}${library}/scenarios/`);
    const installed = Object.keys(dependencies).map((name): [string, string] => {
      const folder = require.resolve.paths(name)?.map((path) => `${path}/${name}/package.json`).find((path) => existsSync(path)) ?? '';
      return [name, (JSON.parse(readFileSync(folder, 'utf8')) as { version: string }).version];
    });
    expect(Object.fromEntries(installed)).toEqual(dependencies);
  });

  it('runs with Outspan alone', () => {
    expect(Object.keys(manifest('outspan').dependencies)).toEqual([manifest('scenarios').name, '@outspan/node']);
  });
});
