import type { StoredTrial, TrialOutcome } from '../../training/search/trial-store.port.ts'

/** A finished trial of a study as its table has it. */
export interface TrialRow {
  readonly number: number
  readonly params: string
  readonly seed: number
  readonly state: string
  readonly value: number | null
  readonly metrics: string | null
  readonly reports: string
  readonly cause: string | null
  readonly owed: 0 | 1
  /** Run again under a later number. */
  readonly again: 0 | 1
}

export const trialOf = ({ params, metrics, reports, owed, again, ...cells }: TrialRow): StoredTrial =>
  ({
    ...cells,
    params: JSON.parse(params),
    metrics: metrics === null ? null : JSON.parse(metrics),
    reports: JSON.parse(reports),
    retry: owed ? 'owed' : again ? 'again' : 'none',
  }) as StoredTrial

/** What the end of a trial writes into its row. */
export function outcomeCells(outcome: TrialOutcome): Readonly<Record<string, unknown>> {
  const isJudged = 'metrics' in outcome
  return {
    state: outcome.kind === 'stopped' ? 'failed' : outcome.kind,
    value: outcome.kind === 'complete' ? outcome.value : null,
    metrics: isJudged ? JSON.stringify(outcome.metrics) : null,
    returns: isJudged ? returnsBlob(outcome.returns) : null,
    sharpe: isJudged ? outcome.sharpe : null,
    cause: outcome.kind === 'stopped' ? 'the search was stopped' : 'cause' in outcome ? outcome.cause : null,
    owed: outcome.kind === 'stopped' ? 1 : 0,
  }
}

const DOUBLE_BYTES = Float64Array.BYTES_PER_ELEMENT

/** Little-endian doubles; null: too few to keep. */
export function returnsBlob(returns: Float64Array): Buffer | null {
  if (returns.length < 2) return null
  const blob = Buffer.alloc(returns.length * DOUBLE_BYTES)
  for (const [index, value] of returns.entries()) blob.writeDoubleLE(value, index * DOUBLE_BYTES)
  return blob
}

export const returnsIn = (blob: Buffer | null): Float64Array =>
  Float64Array.from({ length: (blob?.length ?? 0) / DOUBLE_BYTES }, (_, index) =>
    blob!.readDoubleLE(index * DOUBLE_BYTES),
  )
