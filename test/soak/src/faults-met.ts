import { appliesTo, type Cell, FAULTS } from '@outspan/fault-provider';

/** The wire formats of the load. */
export const DIALECTS = ['openai.chat', 'anthropic.messages'] as const;
/** The wire formats of the load. */
export type LoadDialect = (typeof DIALECTS)[number];

const MODES = ['unary', 'stream'] as const;

/** Cells in which a fault cuts the answer off. */
export function truncatedCells(id: string): readonly Cell[] {
  const fault = FAULTS.find((each) => each.id === id);
  if (fault === undefined) return [];
  return DIALECTS.flatMap((dialect) => MODES.map((mode) => ({ dialect, mode }))).filter((cell) => appliesTo(fault, cell) && (fault.truth(cell).truncation ?? []).length > 0);
}

/** Every fault that cuts an answer off, by whatever means. */
export const FAULTS_MET: readonly string[] = FAULTS.map(({ id }) => id).filter((id) => truncatedCells(id).length > 0);
