import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mountsOf, onHost, readCompose, type Compose, type Places } from './compose.ts';
import { withFreePorts } from './server.ts';

/** An example's folder as a reader has it, outside of the checkout, with addresses that are free here. */
export interface ExampleCopy {
  readonly folder: string;
  readonly compose: Compose;
  readonly places: Places;
  /** A text of the example with the addresses of here. */
  readonly local: (text: string) => string;
  remove(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Ports that examples and their documents speak of, and what they are of; those without a number go without saying in a container. */
const PORTS: readonly (readonly [number: string | undefined, place: keyof Places])[] = [
  ['4010', 'anthropic'],
  ['4011', 'openai'],
  ['4012', 'pager'],
  ['4317', 'jaegerOtlp'],
  ['4318', 'otlpHttp'],
  ['9090', 'prometheus'],
  ['9093', 'alertmanager'],
  ['16685', 'jaegerQueryGrpc'],
  ['16686', 'jaegerQuery'],
  [undefined, 'otlpGrpc'],
  [undefined, 'collectorHealth'],
  [undefined, 'collectorTelemetry'],
];

/** Copies an example without what its commands generate; packages are found as in the checkout. */
export async function copyExample(example: string): Promise<ExampleCopy> {
  const from = join(ROOT, 'examples', example);
  const outside = await realpath(await mkdtemp(join(tmpdir(), 'outspan-example-')));
  const folder = join(outside, 'examples', example);
  await mkdir(folder, { recursive: true });
  await symlink(join(from, 'node_modules'), join(folder, 'node_modules'));
  await cp(join(ROOT, 'collector'), join(outside, 'collector'), { recursive: true });

  const places = await freePlaces();
  const numbers = new Map(PORTS.map(([number, place]) => [number, String(places[place])]));
  const local = (text: string): string =>
    text
      .replaceAll(/\b(?:localhost|0\.0\.0\.0|jaeger|prometheus|alertmanager|pager)(?=:\d{4})/g, '127.0.0.1')
      .replaceAll('0.0.0.0', '127.0.0.1')
      .replaceAll(/(?<=[: ])\d{4,5}\b/g, (number) => numbers.get(number) ?? number);
  const files = (await readdir(from, { withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name);
  for (const name of files) await writeFile(join(folder, name), local(await readFile(join(from, name), 'utf8')));

  const compose = readCompose(await readFile(join(folder, 'compose.yaml'), 'utf8'));
  for (const service of Object.values(compose.services)) {
    for (const { source } of mountsOf(service)) {
      const path = join(folder, source);
      if (files.some((name) => path === join(folder, name))) await writeFile(path, onHost(await readFile(path, 'utf8'), service, folder));
    }
  }
  return { folder, compose, places, local, remove: () => rm(outside, { recursive: true, force: true }) };
}

async function freePlaces(): Promise<Places> {
  const free: Record<keyof Places, number> = { anthropic: 0, openai: 0, pager: 0, jaegerOtlp: 0, otlpHttp: 0, prometheus: 0, alertmanager: 0, jaegerQueryGrpc: 0, jaegerQuery: 0, otlpGrpc: 0, collectorHealth: 0, collectorTelemetry: 0 };
  await withFreePorts(PORTS.length, async (ports) => {
    for (const [index, [, place]] of PORTS.entries()) free[place] = ports[index] ?? 0;
  });
  return free;
}
