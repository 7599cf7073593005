import type { Check } from '../../finding.ts';
import type { RunFacts } from '../../run/facts.ts';
import { backend } from '../backend.ts';
import { apiVersions } from './api-versions.ts';
import { calls } from './calls.ts';
import { disabled } from './disabled.ts';
import { ended } from './ended.ts';
import { exporter } from './exporter.ts';
import { hooked } from './hooked.ts';
import { imports } from './import.ts';
import { noProcess } from './no-process.ts';
import { nodeVersion } from './node-version.ts';
import { openTelemetryVersions } from './opentelemetry-versions.ts';
import { outspanCopies } from './outspan-copies.ts';
import { provider } from './provider.ts';
import { recorded } from './recorded.ts';
import { twoSdks } from './two-sdks.ts';
import { unlisted } from './unlisted.ts';

/** Every check of a run, in the order of its findings. */
export const RUN_CHECKS: readonly Check<RunFacts>[] = [
  noProcess,
  nodeVersion,
  disabled,
  imports,
  outspanCopies,
  openTelemetryVersions,
  apiVersions,
  twoSdks,
  provider,
  exporter,
  hooked,
  calls,
  recorded,
  backend,
  unlisted,
  ended,
];
