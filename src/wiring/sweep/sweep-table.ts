import { aligned } from '../text-table.ts'
import type { TrialResult, TrialSettings } from './trial.ts'

const ROWS_SHOWN_MAX = 50

/** A trial that is done, or has failed. */
export interface SweepRow {
  /** From 0, in the order of the sweep. */
  readonly index: number
  readonly settings: TrialSettings
  /** Absent: it failed. */
  readonly result?: TrialResult
  readonly failure?: string
}

export interface Ranking {
  readonly objective: string
  readonly goal: 'max' | 'min'
}

export const objectiveOf = ({ result }: Pick<SweepRow, 'result'>, objective: string): number | null =>
  result?.metrics[objective] ?? null

/** The best first; then those with too few data, then those that failed; equal ones in the order of the sweep. */
export function ranked(rows: readonly SweepRow[], { objective, goal }: Ranking): readonly SweepRow[] {
  const direction = goal === 'max' ? -1 : 1
  const group = (row: SweepRow) => (row.failure !== undefined ? 2 : objectiveOf(row, objective) === null ? 1 : 0)
  const order = (row: SweepRow) => direction * (objectiveOf(row, objective) ?? 0)
  return [...rows].sort((a, b) => group(a) - group(b) || order(a) - order(b) || a.index - b.index)
}

/** `rows` as `ranked` leaves them. */
export function sweepTable(rows: readonly SweepRow[], { objective }: Ranking, logPath: string): readonly string[] {
  const paths = Object.keys(rows[0]?.settings ?? {})
  const cells = rows.slice(0, ROWS_SHOWN_MAX).map((row, at) => {
    const shown = row.failure === undefined ? metricText(objectiveOf(row, objective)) : `failed: ${row.failure}`
    return [String(at + 1), ...paths.map((path) => JSON.stringify(row.settings[path])), shown]
  })
  const more = rows.length > cells.length ? [`… and ${rows.length - cells.length} more, see ${logPath}`] : []
  return [...aligned([['#', ...paths, objective], ...cells]), ...more]
}

/** Six digits, or that there is none. */
export const metricText = (value: number | null): string =>
  value === null ? 'not enough data' : String(Number(value.toPrecision(6)))

/** The more trials, the better the best looks, with no edge at all. */
export const selectionWarning = (trials: number, { objective }: Ranking): string =>
  `The first row is the best of ${trials} trials, chosen with the result in sight: its ${objective} is too good. Judge it by its ` +
  'deflated Sharpe ratio, and on data that no trial has seen.'
