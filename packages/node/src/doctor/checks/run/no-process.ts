import type { Check, Finding } from '../../finding.ts';
import type { RunFacts } from '../../run/facts.ts';

/** At least one Node.js process must have started. */
export const noProcess: Check<RunFacts> = {
  name: 'no-process',
  find({ target, threads }): readonly Omit<Finding, 'check'>[] {
    if (threads.length > 0) return [];
    const { command } = target;
    if (command.kind === 'runtime') return [{ severity: 'problem', says: `The application runs on ${command.name}, where @outspan/node records nothing.`, fix: 'Use @outspan/instrumentation-fetch there. It does not need Node.js.' }];
    return [
      {
        severity: 'problem',
        says: 'No Node.js process reported. The command started none, removed NODE_OPTIONS from the environment, or could not write to the temporary folder.',
        fix: target.script !== undefined && command.kind === 'node' && command.options.permission ? 'Pass --permission in the command itself, not in a script. The doctor can then allow its probe.' : 'Name the command that starts Node.js: npx @outspan/node doctor -- node app.js',
      },
    ];
  },
};
