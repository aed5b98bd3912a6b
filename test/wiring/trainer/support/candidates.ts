import { fitRidgeForecaster } from '../../../../src/training/fit-ridge-forecaster.ts'
import type { RowTable } from '../../../../src/training/rows/row-table.ts'
import type { TrainerConfig } from '../../../../src/wiring/config/trainer-section.ts'
import { recipeOf } from '../../../../src/wiring/trainer/recipe.ts'
import {
  type Candidate,
  type CandidateFindings,
  type CandidateParts,
  trainCandidate,
} from '../../../../src/wiring/trainer/train-candidate.ts'
import { CONFIG, INSTRUMENTS, SCHEMA, TERMS } from '../../evaluation/made-rows.ts'

export interface Trained extends Candidate {
  readonly findings: CandidateFindings
}

/** Trains a ridge on made-up rows. */
export async function trained(
  tables: readonly RowTable[],
  recipe: Partial<TrainerConfig['recipe']> = {},
  parts: Partial<CandidateParts> = {},
): Promise<Trained> {
  const trainer = { ...CONFIG.trainer, recipe: { ...CONFIG.trainer.recipe, ...recipe } }
  let findings: CandidateFindings | undefined
  const candidate = await trainCandidate({
    ...{ family: 'made', trainer, recipe: recipeOf(trainer), schema: SCHEMA, tables, instruments: INSTRUMENTS },
    ...{ terms: TERMS, fit: fitRidgeForecaster, champion: undefined, trials: { count: 1 }, source: 'made' },
    createdAt: '2025-01-01T00:00:00.000Z',
    report: (found) => {
      findings = found
      return ''
    },
    ...parts,
  })
  return { ...candidate, findings: findings! }
}

/** Value of a check of the gate. */
export const checkOf = ({ verdict }: Candidate, name: string) => verdict.checks.find((one) => one.name === name)
