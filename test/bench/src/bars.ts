import { cpuFigures, memoryFigures } from './figures.ts';
import type { CpuFigures, Measured } from './figures.ts';
import type { VariantId } from './variants.ts';
import { WORKLOADS } from './workloads.ts';
import type { WorkloadId } from './workloads.ts';

/** One budget of the design, held against the figures. */
export interface Bar {
  readonly says: string;
  readonly value: number;
  readonly limit: number;
  readonly unit: '×' | 'bytes';
  readonly met: boolean;
}

/** Of what OpenTelemetry's two instrumentations add to a unary call. */
const UNARY_SHARE = 0.5;
/** Of the bare SDK's CPU for a stream. */
const STREAM_RATIO = 1.03;
/** Per stream, between its second checkpoint and its last: two ends that differ by a socket read are still flat. */
const GROWTH = 65_536;
const OURS: readonly VariantId[] = ['outspan', 'outspan-undici'];

/** Every budget that something was measured for. */
export function bars(measured: Measured): Bar[] {
  return [...unaryBars(measured), ...streamBars(measured), ...memoryBars(measured)];
}

function unaryBars(measured: Measured): Bar[] {
  const workloads: readonly WorkloadId[] = ['unary-1k', 'unary-100k'];
  return workloads.flatMap((id) => {
    const figures = figuresOf(measured, id);
    const theirs = figures.find(({ variant }) => variant === 'otel')?.added.median;
    if (theirs === undefined) return [];
    return figures
      .filter(({ variant }) => OURS.includes(variant))
      .map(({ variant, added }) => {
        const value = added.median / theirs;
        // Less than half of nothing, or of noise, says nothing.
        return { says: `${WORKLOADS[id].title}: ${variant} adds less than half of what otel adds`, value, limit: UNARY_SHARE, unit: '×', met: theirs > 0 && value < UNARY_SHARE };
      });
  });
}

function streamBars(measured: Measured): Bar[] {
  const workloads: readonly WorkloadId[] = ['stream-500', 'bursts-500'];
  return workloads.flatMap((id) =>
    figuresOf(measured, id)
      .filter(({ variant }) => OURS.includes(variant))
      .map(({ variant, ratio }) => ({
        says: `${WORKLOADS[id].title}: ${variant} costs at most ${STREAM_RATIO} of bare`,
        value: ratio.median,
        limit: STREAM_RATIO,
        unit: '×' as const,
        met: ratio.median <= STREAM_RATIO,
      })),
  );
}

function memoryBars(measured: Measured): Bar[] {
  return memoryFigures(measured['stream-10m'] ?? {})
    .filter(({ variant }) => OURS.includes(variant))
    .flatMap(({ variant, added }) => {
      const [, early] = added;
      const late = added.at(-1);
      if (early === undefined || late === undefined) return [];
      const value = late.median - early.median;
      return [{ says: `${WORKLOADS['stream-10m'].title}: memory of ${variant} is flat in their length`, value, limit: GROWTH, unit: 'bytes', met: value <= GROWTH }];
    });
}

function figuresOf(measured: Measured, id: WorkloadId): CpuFigures[] {
  return cpuFigures(measured[id] ?? {});
}
