import type { FinishedTrial, Params, Report } from '../../../../src/training/search/trial.ts'

/** A complete trial with what is given. */
export const finishedTrial = (
  number: number,
  given: Partial<FinishedTrial> & { readonly params?: Params; readonly reports?: readonly Report[] } = {},
): FinishedTrial => ({ number, params: {}, reports: [], state: 'complete', value: 0, ...given })
