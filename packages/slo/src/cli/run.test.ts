import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALERTS } from '../alerts/catalogue.ts';
import { DEFAULT_SLOS } from '../model/defaults.ts';
import { OUTPUT_KINDS } from '../outputs/generators.ts';
import { run } from './run.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'outspan-slo-'));
});
afterEach(() => rm(cwd, { recursive: true }));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function ran(...argv: readonly string[]): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(argv, { out: (line) => out.push(line), err: (line) => err.push(line), cwd });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const model = (text: string, name = 'outspan.slo.yaml'): Promise<void> => writeFile(join(cwd, name), text);

describe('outspan-slo', () => {
  it.each([
    [[], 'which command? There is init, generate, check, explain'],
    [['generat'], "there is no command 'generat'; did you mean 'generate'?"],
    [['--nonsense'], "there is no command '--nonsense'"],
    [['generate', '--nonsense'], "Unknown option '--nonsense'"],
    [['generate', '--prometheus', 'http://x'], 'generate takes no --prometheus'],
    [['generate', 'stray'], "generate takes no words: what is 'stray'?"],
    [['generate', '--out'], '--out'],
    [['generate', '--only', 'grafanna'], "there is no 'grafanna'; did you mean 'grafana'?"],
    [['generate', '--only', ''], "there is no ''"],
    [['generate', '--time-scale', '0'], '--time-scale 0: expected a number above 0 and up to 1'],
    [['generate', '--time-scale', '2'], 'expected a number above 0 and up to 1'],
    [['generate', '--time-scale', 'fast'], 'expected a number above 0 and up to 1'],
    [['check', '--prometheus', 'localhost:9090'], 'expected an http or https URL'],
    [['explain', 'latancy'], "there is no SLO and no alert of that name; did you mean 'latency'?"],
    [['explain', 'a', 'b'], "explain takes one word, an SLO or an alert: what is 'b'?"],
  ])('refuses %j with a reason and exit code 2', async (argv, reason) => {
    const { code, out, err } = await ran(...argv);
    expect(err).toContain(reason);
    expect(err).toContain('Try outspan-slo --help.');
    expect([code, out]).toEqual([2, '']);
  });

  it.each([['--help'], ['generate', '--help'], ['check', '-h'], ['init', '--help'], ['explain', '--help']])('helps: %j', async (...argv) => {
    const { code, out } = await ran(...argv);
    expect(code).toBe(0);
    expect(out).toContain('outspan-slo');
  });
});

describe('outspan-slo init', () => {
  it('writes a model that is in order', async () => {
    expect((await ran('init')).code).toBe(0);
    expect(await ran('check')).toMatchObject({ code: 0, out: `outspan.slo.yaml: in order, ${DEFAULT_SLOS.length} SLOs`, err: '' });
  });

  it('never overwrites', async () => {
    await model('mine');
    expect(await ran('init')).toMatchObject({ code: 1, err: 'outspan.slo.yaml is there already, and was left as it is' });
    expect(await readFile(join(cwd, 'outspan.slo.yaml'), 'utf8')).toBe('mine');
  });

  it('says why it cannot write', async () => {
    expect(await ran('init', '--model', 'nowhere/x.yaml')).toMatchObject({ code: 1, err: expect.stringContaining('nowhere/x.yaml: ENOENT') });
  });
});

describe('outspan-slo generate', () => {
  it('works in an empty folder, and the second time finds nothing to do', async () => {
    const first = await ran('generate');
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain('from the defaults (there is no outspan.slo.yaml)');
    const second = await ran('generate');
    expect(second.out).toContain('slo: 0 files new, 0 changed,');
    expect(await ran('check', '--out', 'slo')).toMatchObject({ code: 0 });
  });

  it('generates only what it is told to', async () => {
    await ran('generate', '--only', 'sloth');
    const check = await ran('check', '--out', 'slo');
    expect(check.code).toBe(1);
    expect(check.err).toContain('slo/prometheus/outspan.rules.yaml: missing');
    expect(await ran('check', '--out', 'slo', '--only', 'sloth')).toMatchObject({ code: 0, out: expect.stringContaining('slo: up to date, 1 files') });
  });

  it('writes nothing when the model has a problem', async () => {
    await model('slos: [{ name: latency, objective: 101 }]');
    expect(await ran('generate')).toEqual({ code: 1, out: '', err: 'outspan.slo.yaml:1:36: 101 is not a percentage above 0 and below 100, such as 99.5 (100 would leave no error budget)' });
    await expect(readFile(join(cwd, 'slo'))).rejects.toThrow('ENOENT');
  });

  it('says which file it would have to overwrite', async () => {
    await ran('generate', '--only', 'sloth');
    await rm(join(cwd, 'slo/.outspan-slo.json'));
    await model('slos: [{ name: latency }]');
    const { code, err } = await ran('generate', '--only', 'sloth');
    expect(code).toBe(1);
    expect(err).toContain('sloth.yaml: there already, and not known to be generated; move it away');
  });

  it('shortens windows for a rehearsal where the interval allows it', async () => {
    expect((await ran('generate', '--time-scale', '0.01')).err).toContain('too short for an interval of 1m and a time scale of 0.01');
    await model('interval: 1s');
    expect(await ran('generate', '--time-scale', '0.01')).toMatchObject({ code: 0, err: '' });
    expect((await ran('check', '--out', 'slo')).err).toContain('slo/prometheus/outspan.rules.yaml: out of date');
    expect(await ran('check', '--out', 'slo', '--time-scale', '1e-2')).toMatchObject({ code: 0 });
  });
});

describe('outspan-slo check', () => {
  it('says what is wrong as file:line:column: message, and what is doubtful besides', async () => {
    await model('interval: 10m\nsource: metric\nslos:\n  - name: availability\n    objective: 0.99\n', 'm.yaml');
    expect(await ran('check', '--model', 'm.yaml')).toEqual({
      code: 1,
      out: '',
      err: [
        'm.yaml:5:16: this promises 0.99 % only; for 99 % write 99 (warning)',
        "m.yaml:1:11: '10m' is not between 1s and 5m",
        "m.yaml:2:9: there is no 'metric' here; did you mean 'metrics'?",
      ].join('\n'),
    });
  });

  it.each([
    ['no such file', 'gone.yaml', undefined, 'gone.yaml: there is no such file'],
    ['a folder', '.', undefined, '.: EISDIR'],
    ['no text', 'x.yaml', Buffer.from([0xff, 0xfe, 0x00]), 'x.yaml:1:1: the file is no UTF-8 text'],
    ['10 MB', 'x.yaml', Buffer.alloc(10_000_000, 'x'), 'x.yaml:1:1: the file has 10000000 bytes; a model has at most 262144'],
  ])('says of a model that is %s what it is', async (_, name, bytes, message) => {
    if (bytes !== undefined) await writeFile(join(cwd, name), bytes);
    const { code, err } = await ran('check', '--model', name);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });

  it('says which generated files are not as they should be', async () => {
    await ran('generate');
    await writeFile(join(cwd, 'slo/sloth/sloth.yaml'), 'by hand');
    await rm(join(cwd, 'slo/openslo/openslo.yaml'));
    const { code, err } = await ran('check', '--out', 'slo');
    expect(code).toBe(1);
    expect(err.split('\n')).toEqual(['slo/openslo/openslo.yaml: missing', 'slo/sloth/sloth.yaml: out of date', 'run outspan-slo generate --out slo']);
  });

  it('takes a Prometheus that is not there for a problem', async () => {
    const { code, err } = await ran('check', '--prometheus', 'http://127.0.0.1:1');
    expect(code).toBe(1);
    expect(err).toContain('http://127.0.0.1:1: cannot be reached');
  });
});

describe('outspan-slo explain', () => {
  it('says what every SLO counts, its budget, and which alerts come when', async () => {
    const { code, out } = await ran('explain');
    expect(code).toBe(0);
    for (const { name } of [...DEFAULT_SLOS, ...ALERTS]) expect(out).toContain(name);
    expect(out).toContain('availability: 99.5 % over 30 d');
    expect(out).toContain('Budget:  0.5 % of 30 d: one bad operation in 200; with even traffic, 3 h 36 min of nothing but bad ones. One for each deployment_environment_name, service_name and gen_ai_provider_name.');
    expect(out).toContain('OutspanErrorBudgetBurn (page) at 7.2 % bad or more, 14.4 times what the budget allows, within 1h and still within the last 5m: 2 % of the budget gone.');
  });

  it('says it of one SLO as the model has it', async () => {
    await model('slos: [{ name: fast, sli: latency, objective: 99, window: 7d, by: [], where: { model: ["a\\"b", c] }, alerts: [] }]\nalerts: { disabled: [OutspanModelChanged] }');
    const { out } = await ran('explain', 'fast');
    expect(out).toContain('fast: 99 % over 7 d');
    expect(out).toContain('Where:   gen_ai_request_model is "a\\"b" or "c".');
    expect(out).toContain('One for everything.');
    expect(out).toContain('Alert:   none.');
    expect((await ran('explain')).out).toContain('Turned off: OutspanModelChanged.');
  });

  it.each(ALERTS)('says of $name what it means', async ({ name, title }) => {
    const { code, out } = await ran('explain', name);
    expect(code).toBe(0);
    expect(out).toContain(`${name}: ${title}.`);
    expect(out).toMatch(/Says: {6}\w.+\n {2}Says not: {2}\w/);
    expect(out).toContain(`Runbook:   runbooks/${name}.md`);
  });
});

describe('the kinds of output', () => {
  it('are all there', () => {
    expect(OUTPUT_KINDS).toEqual(['prometheus', 'alertmanager', 'grafana', 'runbooks', 'openslo', 'sloth', 'honeycomb']);
  });
});
