import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { haveBackends } from './binaries.ts';
import { mountsOf, onHost, readCompose, startComposeService, type RunningService } from './compose.ts';
import { copyExample, type ExampleCopy } from './example-copy.ts';
import { blocksOf } from './guide.ts';
import { query, type Sample } from './prometheus.ts';
import { open, run, type Ended, type Terminal } from './terminal.ts';
import { until } from './until.ts';

const EXAMPLE = fileURLToPath(new URL('../../../examples/slo', import.meta.url));
const README = await readFile(join(EXAMPLE, 'README.md'), 'utf8');

describe('examples/slo/compose.yaml', async () => {
  const compose = readCompose(await readFile(join(EXAMPLE, 'compose.yaml'), 'utf8'));
  const services = Object.values(compose.services);

  it('has the servers that are tested here, in the versions that are tested here', async () => {
    const versions = await Promise.all(['jaeger', 'prometheus', 'alertmanager'].map(async (name): Promise<[string, string]> => [name, await releaseOf(name)]));
    expect(Object.fromEntries(versions.map(([name, version]) => [name, compose.services[name]?.image.split(':')[1]?.replace(/^v/, '') === version]))).toEqual({ jaeger: true, prometheus: true, alertmanager: true });
    const builder: { dist: { version: string } } = parse(await readFile(fileURLToPath(new URL('../build/collector/builder.yaml', import.meta.url)), 'utf8'));
    expect(compose.services['collector']?.image).toBe(`otel/opentelemetry-collector-contrib:${builder.dist.version}`);
  });

  it('pins every image to a version', () => {
    expect(services.map(({ image }) => image.split(':')[1])).toEqual(services.map(() => expect.stringMatching(/^v?\d+\.\d+\.\d+(?:-alpine)?$/)));
  });

  it('opens no port to other machines', () => {
    expect(services.flatMap(({ ports = [] }) => ports).filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });
});

describe.runIf(haveBackends)('the guide of examples/slo', () => {
  const blocks = blocksOf(README).filter(({ language, mark }) => language === 'sh' && mark.includes('test/backends'));
  const typed = new Set<string>();
  const services = new Map<string, RunningService>();
  const terminals = new Map<string, Terminal>();
  let example: ExampleCopy;
  let pager: Terminal;

  /** What a section tells to type, in order, as it is to be typed here. */
  const of = (heading: string): string[] =>
    blocks
      .filter((block) => block.heading === heading)
      .map(({ code }) => {
        typed.add(code);
        return example.local(code);
      });
  const done = async (code: string): Promise<Ended> => {
    const ended = await run(code, example.folder);
    expect(ended, ended.output).toMatchObject({ exitCode: 0 });
    return ended;
  };
  /** Leaves a command running in a terminal, in place of what ran there. */
  const inTerminal = async (name: string, code: string): Promise<Terminal> => {
    await terminals.get(name)?.ctrlC();
    const terminal = open(code, example.folder);
    terminals.set(name, terminal);
    return terminal;
  };
  const openai = async (code: string): Promise<void> => {
    expect(code).toContain('npx @outspan/fault-provider');
    const terminal = await inTerminal('1', code);
    await until('the fault provider', 10_000, async () => terminal.output().includes('Listening'));
  };
  /** What the pager printed of pages and their ends (tickets say that a budget was spent, which it was), one entry each. */
  const pages = (): string[] => pager.output().split(/\n(?=\[)/).map((text) => text.trim()).filter((text) => text.startsWith('[page'));
  const headlines = (): string[] => pages().map((page) => page.split('\n')[0] ?? '');
  let read = 0;
  const nextPage = async (within: number): Promise<string> => {
    const page = await until('the pager to say more', within, async () => pages()[read]);
    read++;
    return page;
  };
  /** How its calls came out, as the service sees them. */
  const serviceSaid = (): string => terminals.get('4')?.output() ?? '';
  const ask = (promql: string): Promise<Sample[]> => query({ url: `http://127.0.0.1:${example.places.prometheus}` }, promql);

  beforeAll(async () => {
    example = await copyExample('slo');
  });

  afterAll(async () => {
    await Promise.allSettled([...terminals.values(), pager].map((terminal) => terminal?.ctrlC()));
    await Promise.allSettled([...services.values()].map((service) => service.stop()));
    await example?.remove();
  });

  it('writes a model, explains it, and generates every file that the compose file mounts', async () => {
    const [code = ''] = of('2. Objectives');
    const { output } = await done(code);
    expect(output).toContain('availability: 99.5 % over 30 d');
    expect(output).toContain('OutspanProviderIncident');
    expect(await readFile(join(example.folder, 'all-keys.slo.yaml'), 'utf8')).toContain('minimum_bad_events');
    const mounted = Object.values(example.compose.services).flatMap((service) => mountsOf(service).map(({ source }) => source));
    const missing = await Promise.all(mounted.map(async (source) => ((await exists(join(example.folder, source))) ? [] : [source])));
    expect(missing.flat()).toEqual([]);
    expect(mounted).toContain('./slo/prometheus');
  });

  it('starts the servers', async () => {
    const [code = ''] = of('3. Servers');
    const { docker } = await done(code);
    expect(docker).toEqual(['docker compose up --detach']);
    const { compose, folder, places } = example;
    // There is no Grafana here; its dashboards are tested with the rules.
    const { pager: paging, grafana: _, ...servers } = compose.services;
    if (paging === undefined) throw new Error('the compose file has a pager');
    pager = open(onHost((paging.command ?? []).join(' '), paging, folder), folder, { ...paging.environment, PAGER_PORT: String(places.pager) });
    await Promise.all(Object.entries(servers).map(async ([name, service]) => services.set(name, await startComposeService(service, folder, places))));
  });

  it('pages nobody while the service is well', async () => {
    const [openaiCode = '', anthropicCode = '', pagerCode = '', serviceCode = ''] = of('4. A service that is well');
    await openai(openaiCode);
    await inTerminal('2', anthropicCode);
    expect((await done(pagerCode)).docker).toEqual(['docker compose logs --follow --no-log-prefix pager']);
    await inTerminal('4', serviceCode);
    await until('calls of both providers in Prometheus', 30_000, async () => (await ask('sum by (gen_ai_provider_name) (outspan:operations:recent) > 20')).length === 2);
    expect(pager.output()).toMatch(/^Waiting for pages at \S+\s*$/);
    expect(serviceSaid()).toMatch(/openai: [1-9]\d* answers, 0 errors {3}anthropic: [1-9]\d* answers, 0 errors/);
    expect(serviceSaid()).not.toMatch(/[1-9]\d* errors/);
  }, 60_000);

  it('pages for an outage, once, as what it is', async () => {
    const [outage = ''] = of('An outage');
    const before = serviceSaid().length;
    await openai(outage);
    const page = await nextPage(90_000);
    expect(page).toContain("Whose fault: the provider's");
    expect(comparable(page)).toBe(comparable(shownUnder('An outage')));
    expect(await exists(join(example.folder, 'slo', /^ {2}Runbook: (.+)$/m.exec(page)?.[1] ?? '?'))).toBe(true);
    expect(serviceSaid().slice(before)).toMatch(/openai: \d+ answers, [1-9]\d* errors/);
    expect(serviceSaid()).not.toMatch(/anthropic: \d+ answers, [1-9]/);
  }, 120_000);

  it('says when it is over', async () => {
    const [, end = ''] = of('An outage');
    await openai(end);
    await nextPage(120_000);
    expect(headlines()).toEqual(['[page] OutspanProviderIncident', '[page resolved] OutspanProviderIncident']);
  }, 150_000);

  it('pages for streams that are cut cleanly, while the service counts them as answers', async () => {
    const [cut = ''] = of('An outage that nobody reports');
    await openai(cut);
    // Calls that met the restart itself.
    await sleep(4_000);
    const before = serviceSaid().length;
    const page = await nextPage(90_000);
    expect(comparable(page)).toBe(comparable(shownUnder('An outage that nobody reports')));
    expect(headlines().slice(2)).toEqual(['[page] OutspanProviderIncident']);
    expect(serviceSaid().slice(before)).toMatch(/openai: [1-9]\d* answers, 0 errors/);
    expect(serviceSaid().slice(before)).not.toMatch(/[1-9]\d* errors/);
  }, 120_000);

  it('leads from the page to the failed traces', async () => {
    const search = new URL(/^ {2}Traces: (\S+)$/m.exec(pages().at(-1) ?? '')?.[1] ?? '');
    expect(search.port).toBe(String(example.places.jaegerQuery));
    const found = await until('failed traces in Jaeger', 30_000, async () => {
      const response = await fetch(`${search.origin}/api/traces${search.search}`, { signal: AbortSignal.timeout(5_000) });
      const text = await response.text();
      return text.includes('truncated_response') && text;
    });
    expect(found).toContain('stream_unterminated');
    const response = await fetch(`${search.origin}/api/metrics/calls?service=chat-service&spanKind=client&lookback=600000`, { signal: AbortSignal.timeout(5_000) });
    expect(await response.text()).toContain('chat-service');
  }, 60_000);

  it('goes on without the time scale, and with checks for CI', async () => {
    const [production = '', check = '', down = ''] = of('7. In production');
    const { docker } = await done(production);
    expect(docker).toEqual(['docker compose restart prometheus alertmanager']);
    for (const name of ['prometheus', 'alertmanager']) await services.get(name)?.restart();
    const rules = await readFile(join(example.folder, 'slo/prometheus/outspan.rules.yaml'), 'utf8');
    expect(rules).toContain('[1h]');
    const { ok, err } = await until('every rule to be evaluated', 60_000, async () => {
      const health = await rulesByHealth(`http://127.0.0.1:${example.places.prometheus}`);
      return health['unknown'] === undefined && health;
    });
    expect({ ok, err }).toEqual({ ok: rules.match(/^ +- (?:record|alert): /gm)?.length, err: undefined });
    await done(check);
    expect((await done(down)).docker).toEqual(['docker compose down']);
  }, 120_000);

  it('told nothing else to type', () => {
    expect(blocks.filter(({ code }) => !typed.has(code))).toEqual([]);
  });
});

/** The page that the guide shows. */
function shownUnder(title: string): string {
  return blocksOf(README).find(({ heading, language }) => heading === title && language === 'text')?.code ?? '';
}

/** A page without what differs from one run to another. */
function comparable(page: string): string {
  // How much of a budget is gone, and which classes are rare, is chance.
  const steady = page.trim().replaceAll(/^ {2}.*error budget.*\n/gm, '').replaceAll(/^ {2}\d+ of \d+ (operations failed in the last \w+: \w+).*/gm, '  n of n $1');
  return steady.replaceAll(/\d+(?:\.\d+)?(?=%[ ;:])/g, 'n').replaceAll(/(?:localhost|127\.0\.0\.1):\d+/g, 'host');
}

/** How many of Prometheus' rules there are of each health. */
async function rulesByHealth(prometheus: string): Promise<Readonly<Record<string, number>>> {
  const response = await fetch(`${prometheus}/api/v1/rules`, { signal: AbortSignal.timeout(5_000) });
  const { data }: { data: { groups: readonly { rules: readonly { health: string }[] }[] } } = JSON.parse(await response.text());
  const counts: Record<string, number> = {};
  for (const { health } of data.groups.flatMap(({ rules }) => rules)) counts[health] = (counts[health] ?? 0) + 1;
  return counts;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function releaseOf(server: string): Promise<string> {
  const recipe: { release?: string; version: string } = JSON.parse(await readFile(fileURLToPath(new URL(`../build/${server}/recipe.json`, import.meta.url)), 'utf8'));
  return recipe.release ?? recipe.version;
}
