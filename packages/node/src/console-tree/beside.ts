import type { TracerProvider } from '@opentelemetry/api';
import { diag } from '@outspan/core';
import { reach } from '../last-export/reach.ts';
import { paletteFor } from './colours.ts';
import { TreeSpanProcessor } from './tree-span-processor.ts';

/** Where the SDKs 2 and 3 keep the processors of a provider; neither has a way to add one. */
const PROCESSORS = ['_activeSpanProcessor', '_spanProcessors'] as const;

/** Prints the calls that go to a tracer provider of the application's own as a tree, or says why not. */
export function showTreeBeside(provider: TracerProvider): void {
  const processors = reach(provider, ...PROCESSORS);
  if (Array.isArray(processors)) processors.push(new TreeSpanProcessor({ palette: paletteFor(process.env, process.stderr.isTTY) }));
  else diag.warn('OUTSPAN_CONSOLE=tree: nothing can be added to this tracer provider. Add `new TreeSpanProcessor()` of @outspan/node to its span processors');
}
