import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const EXAMPLE = new URL('../../../examples/jaeger/', import.meta.url);

interface Service {
  readonly image: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
}

describe('examples/jaeger/compose.yaml', async () => {
  const compose: { services: Record<string, Service> } = parse(await text('compose.yaml'));
  const services = Object.entries(compose.services);

  it('has the servers that are tested here, in the versions that are tested here', async () => {
    const builder: { dist: { version: string } } = parse(await recipe('collector/builder.yaml'));
    const jaeger: { release: string } = JSON.parse(await recipe('jaeger/recipe.json'));
    expect(compose.services['collector']?.image).toBe(`otel/opentelemetry-collector-contrib:${builder.dist.version}`);
    expect(compose.services['jaeger']?.image).toBe(`jaegertracing/jaeger:${jaeger.release}`);
    expect(Object.keys(compose.services)).toEqual(['collector', 'jaeger', 'prometheus', 'alertmanager', 'grafana']);
  });

  it('pins every image to a version', () => {
    expect(services.map(([, { image }]) => image.split(':')[1])).toEqual(services.map(() => expect.stringMatching(/^v?\d+\.\d+\.\d+$/)));
  });

  it('opens no port to other machines', () => {
    const open = services.flatMap(([, { ports }]) => ports ?? []).filter((port) => !port.startsWith('127.0.0.1:'));
    expect(open).toEqual([]);
  });

  it('mounts only files that are there and parse', async () => {
    const mounted = services.flatMap(([, { volumes }]) => volumes ?? []).map((volume) => volume.split(':')[0] ?? '');
    const parsed = await Promise.all(mounted.map(async (path) => [path, parse(await text(path)) !== null]));
    expect(Object.fromEntries(parsed)).toEqual({ './collector.yaml': true, './prometheus.yaml': true, './alertmanager.yaml': true, './grafana/datasources.yaml': true });
  });
});

function text(path: string): Promise<string> {
  return readFile(fileURLToPath(new URL(path, EXAMPLE)), 'utf8');
}

function recipe(path: string): Promise<string> {
  return readFile(fileURLToPath(new URL(`../build/${path}`, import.meta.url)), 'utf8');
}
