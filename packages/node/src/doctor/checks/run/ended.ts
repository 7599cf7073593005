import type { Check, Finding } from '../../finding.ts';
import type { RunFacts } from '../../run/facts.ts';

/** How the application ended. */
export const ended: Check<RunFacts> = {
  name: 'ended',
  find({ ended: { by, code, killed, signal } }): readonly Omit<Finding, 'check'>[] {
    if (killed) return [{ severity: 'note', says: 'The application did not end within 10 s of SIGTERM, and was killed. What it had not exported is lost.' }];
    if (by !== 'itself' || code === 0) return [];
    return [{ severity: 'note', says: `The application ended by itself with ${code === null ? `signal ${signal}` : `exit code ${code}`}: this report covers what it did until then.` }];
  },
};
