import { describe, expect, it } from 'vitest';
import { readScript, type Script, ScriptError } from './script.ts';
import { seededRandom } from './wire/random.ts';

function played(script: Script, requests: number, seed = 1): readonly string[] {
  const playbook = readScript(script, seededRandom(seed));
  return Array.from({ length: requests }, () => playbook.next().id);
}

describe('a script', () => {
  it('plays its steps in order and repeats the last one', () => {
    expect(played('502,500,ok', 5)).toEqual(['bad_gateway_page', 'server_error', 'ok', 'ok', 'ok']);
  });

  it('reads the same from text, from steps and with aliases', () => {
    const steps = ['bad_gateway_page', 'ok'];
    expect(played('502_proxy_page, ok', 2)).toEqual(steps);
    expect(played(steps, 2)).toEqual(steps);
    expect(played(['502', 'ok'], 2)).toEqual(steps);
  });

  it('repeats a step as often as it says', () => {
    expect(played('502*3,ok', 5)).toEqual(['bad_gateway_page', 'bad_gateway_page', 'bad_gateway_page', 'ok', 'ok']);
  });

  it('draws by weight, the same for the same seed and otherwise for another', () => {
    const weights = '{ok:0.9,rate_limited:0.1}';
    const once = played(weights, 1000);
    expect(played(weights, 1000)).toEqual(once);
    expect(played(weights, 1000, 2)).not.toEqual(once);
    const limited = once.filter((id) => id === 'rate_limited').length;
    expect(limited).toBeGreaterThan(60);
    expect(limited).toBeLessThan(140);
  });

  it('takes weights as an object, and as a step among others', () => {
    expect(played({ '500': 1, ok: 0 }, 3)).toEqual(['server_error', 'server_error', 'server_error']);
    expect(played('502,{"ok": 0, "500": 2}', 3)).toEqual(['bad_gateway_page', 'server_error', 'server_error']);
  });

  it('knows that nobody is to listen', () => {
    expect(readScript('refused', seededRandom(1)).refused).toBe(true);
    expect(readScript('502,ok', seededRandom(1)).refused).toBe(false);
  });

  it.each([
    ['', 'at least one step'],
    [',', 'at least one step'],
    ['nonsense', "there is no fault 'nonsense'"],
    ['rate', 'did you mean rate_limited'],
    ['{ok:0.5', 'unbalanced braces'],
    ['ok}', 'unbalanced braces'],
    ['{ok}', 'expected fault:weight'],
    ['{ok:0}', 'are all 0'],
    ['{ok:-1}', 'expected fault:weight'],
    ['ok*0', '1 to 10000 times'],
    ['ok**', 'cannot read the step'],
    ['refused,ok', "'refused' has to be a script's only step"],
    ['{ok:1,refused:1}', "'refused' has to be a script's only step"],
  ])('is refused with a reason when it is %j', (script, reason) => {
    expect(() => readScript(script, seededRandom(1))).toThrow(ScriptError);
    expect(() => readScript(script, seededRandom(1))).toThrow(reason);
  });

  it('is refused when a weight is no number', () => {
    expect(() => readScript({ ok: Number.NaN }, seededRandom(1))).toThrow('the weight of ok');
    expect(() => readScript([], seededRandom(1))).toThrow('at least one step');
    expect(() => readScript([{}], seededRandom(1))).toThrow(ScriptError);
  });
});
