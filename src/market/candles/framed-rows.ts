import { badFile, badRow, type RawTable, type TableShape } from './table.ts'

/** So many equal steps in a row, longer than a candle, are another timeframe, not gaps. */
const MIXED_RUN = 8
/** One gap, candles. Longer ones are another file, or a typing error in a time. */
export const GAP_MAX = 1_000

/** Rows on the grid of their timeframe. */
export interface FramedRows {
  /** A row for each candle, ascending without a gap; −1 where one is missing. */
  readonly slots: Int32Array
  readonly gapsFilled: number
}

/** What a grid is checked against. */
export interface Grid {
  readonly table: RawTable
  /** Of all rows of the table, milliseconds. */
  readonly moments: Float64Array
  /** Ascending, no two of one time. */
  readonly rows: Int32Array
  readonly barMs: number
  readonly gaps: 'error' | 'fill'
}

/** Throws `InputError` when the rows hold another timeframe or several, are off the UTC grid, or leave gaps that must not be. */
export function framedRows(grid: Grid): FramedRows {
  const { table, moments, rows, barMs } = grid
  const { shape } = table
  requireTimeframe(shape, moments, rows, barMs)
  const slots = new Slots(grid)
  let stepBefore = barMs
  for (let n = 0; n < rows.length; n += 1) {
    const row = rows[n]!
    const at = moments[row]!
    const step = n === 0 ? barMs : at - moments[rows[n - 1]!]!
    if (at % barMs !== 0) throw offGrid(grid, row, step)
    if (step !== barMs) {
      if (step !== stepBefore && isRun(grid, n, step)) throw mixed(grid, row, step)
      slots.skip(row, step / barMs - 1)
    }
    stepBefore = step
    slots.add(row)
  }
  return slots.take()
}

/** Whether `MIXED_RUN` steps from the one to row `n` on are of `step` milliseconds. */
function isRun({ moments, rows }: Grid, n: number, step: number): boolean {
  for (let at = n; at < n + MIXED_RUN; at += 1) {
    if (at >= rows.length || moments[rows[at]!]! - moments[rows[at - 1]!]! !== step) return false
  }
  return true
}

class Slots {
  readonly #grid: Grid
  readonly #rows: number[] = []
  #filled = 0

  constructor(grid: Grid) {
    this.#grid = grid
  }

  add(row: number): void {
    this.#rows.push(row)
  }

  skip(row: number, missing: number): void {
    const { table, moments, rows, gaps, barMs } = this.#grid
    const { name } = table.columns.get('time')!
    const rule = `${missing} candles of ${barMs} ms are missing before it`
    if (gaps === 'error') throw badRow(table.shape, row, name, moments[row]!, rule)
    this.#filled += missing
    if (missing > GAP_MAX || this.#filled > rows.length) {
      const limit = missing > GAP_MAX ? `at most ${GAP_MAX} in a row` : 'at most as many as there are rows'
      throw badRow(table.shape, row, name, moments[row]!, `${rule}; ${limit} are filled`)
    }
    for (let nth = 0; nth < missing; nth += 1) this.#rows.push(-1)
  }

  take(): FramedRows {
    return { slots: Int32Array.from(this.#rows), gapsFilled: this.#filled }
  }
}

/** The most common step between rows, milliseconds, and how often it is taken; `undefined` below two rows. */
export function commonStep(moments: Float64Array, rows: Int32Array): { ms: number; times: number } | undefined {
  const counts = stepCounts(moments, rows)
  let common: { ms: number; times: number } | undefined
  for (const [ms, times] of counts) if (common === undefined || times > common.times) common = { ms, times }
  return common
}

/** As many different steps are told apart; a file with more has no timeframe. */
const STEPS_MAX = 10_000

function stepCounts(moments: Float64Array, rows: Int32Array): Map<number, number> {
  const counts = new Map<number, number>()
  for (let n = 1; n < rows.length; n += 1) {
    const step = moments[rows[n]!]! - moments[rows[n - 1]!]!
    if (step > 0 && (counts.has(step) || counts.size < STEPS_MAX)) counts.set(step, (counts.get(step) ?? 0) + 1)
  }
  return counts
}

/** A single odd step is a gap; a step that is taken more often than the one asked for is the file's timeframe. */
function requireTimeframe({ file }: TableShape, moments: Float64Array, rows: Int32Array, barMs: number): void {
  const counts = stepCounts(moments, rows)
  const asked = counts.get(barMs) ?? 0
  for (const [ms, times] of counts) {
    if (ms === barMs || times < 2 || times <= asked) continue
    throw badFile(
      file,
      `it holds candles of ${ms} ms (${times} of ${rows.length - 1} steps); ${barMs} ms were asked for`,
    )
  }
}

function offGrid({ table, moments, barMs }: Grid, row: number, step: number): Error {
  const { name } = table.columns.get('time')!
  const found = step === barMs ? '' : `; it lies ${step} ms behind the row before: timeframes are mixed`
  return badRow(table.shape, row, name, moments[row]!, `candles of ${barMs} ms begin at multiples of it, UTC${found}`)
}

const mixed = ({ table, moments, barMs }: Grid, row: number, step: number): Error =>
  badRow(
    table.shape,
    row,
    table.columns.get('time')!.name,
    moments[row]!,
    `${MIXED_RUN} rows from here on lie ${step} ms apart, others ${barMs} ms: timeframes are mixed`,
  )
