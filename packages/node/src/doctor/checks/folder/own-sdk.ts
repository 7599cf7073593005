import type { Check, Finding } from '../../finding.ts';
import type { FolderFacts } from '../../folder/facts.ts';

const FORMATS = { esm: 'an ES module', commonjs: 'CommonJS' } as const;
const FIX = 'Have the doctor start it, to see its exporters and ask its backends: npx @outspan/node doctor -- …';

/** Packages that start an SDK. */
const STARTERS = ['@opentelemetry/sdk-node', '@opentelemetry/sdk-trace-node', '@opentelemetry/auto-instrumentations-node', '@vercel/otel'] as const;

/** How Outspan is loaded, for a reader. */
function way({ starts }: FolderFacts): string {
  const [carried] = starts.flatMap(({ outspan }) => (outspan.state === 'yes' ? [outspan] : []));
  if (carried === undefined) return '';
  return ` Outspan is loaded by ${carried.by === 'source' ? `an import in ${carried.file ?? 'its code'}` : carried.by}, and records to whatever is registered.`;
}

/** An SDK among the dependencies that no source starts. */
function undiscovered({ exports, manifest, starts }: FolderFacts): Omit<Finding, 'check'>[] {
  const declared = STARTERS.find((name) => manifest?.dependencies[name] !== undefined);
  const isByOutspan = starts.some(({ outspan }) => outspan.state === 'yes' && (outspan.entry === 'register' || outspan.entry === 'start'));
  // Outspan starts the SDK that the application has.
  if (isByOutspan) return [];
  if (declared !== undefined) return [{ severity: 'unknown', says: `The application depends on ${declared}, but no source that starts an OpenTelemetry SDK was found. Where telemetry goes is unknown.`, fix: FIX }];
  return exports === undefined ? [{ severity: 'unknown', says: 'The application uses Outspan beside its own OpenTelemetry SDK, which was not found in its sources. Where telemetry goes is unknown.', fix: FIX }] : [];
}

/** Only a run shows where an application's own SDK sends its telemetry. */
export const ownSdk: Check<FolderFacts> = {
  name: 'own-sdk',
  find(facts): readonly Omit<Finding, 'check'>[] {
    if (facts.ownSdks.length === 0) return undiscovered(facts);
    return facts.ownSdks.map(({ by, file, format }) => ({
      severity: 'unknown',
      says: `${file}${format === undefined ? '' : ` (${FORMATS[format]})`} starts the application's own OpenTelemetry SDK (${by}). It decides where telemetry goes.${way(facts)}`,
      fix: FIX,
    }));
  },
};
