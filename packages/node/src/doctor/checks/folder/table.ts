import type { Check } from '../../finding.ts';
import type { FolderFacts } from '../../folder/facts.ts';
import { backend } from '../backend.ts';
import { apiCopies } from './api-copies.ts';
import { bundle } from './bundle.ts';
import { disabled } from './disabled.ts';
import { imports } from './import.ts';
import { installation } from './installation.ts';
import { loadedFirst } from './loaded-first.ts';
import { nodeVersion } from './node-version.ts';
import { notCovered } from './not-covered.ts';
import { openTelemetryVersions } from './opentelemetry-versions.ts';
import { ownSdk } from './own-sdk.ts';
import { project } from './project.ts';
import { runtime } from './runtime.ts';
import { twoSdks } from './two-sdks.ts';
import { unclearStart } from './unclear-start.ts';
import { variables } from './variables.ts';

/** The same check for the exporters that variables make. */
const backendOfVariables: Check<FolderFacts> = { name: backend.name, find: ({ exports }) => backend.find({ exports: exports?.settings ?? [] }) };

/** Every check of a folder, in the order of its findings. */
export const FOLDER_CHECKS: readonly Check<FolderFacts>[] = [
  nodeVersion,
  disabled,
  project,
  installation,
  runtime,
  imports,
  unclearStart,
  loadedFirst,
  twoSdks,
  ownSdk,
  openTelemetryVersions,
  apiCopies,
  notCovered,
  bundle,
  variables,
  backendOfVariables,
];
