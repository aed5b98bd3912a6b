import { check } from '../../core/check.ts'
import type { FeatureWindow } from '../../features/feature-row.ts'
import type { RowTable } from './row-table.ts'

interface RowShape {
  readonly featureNames: readonly string[]
  readonly barMs: number
}

/** A row of a table. No window: the bar is not known, only that the engine had a usable row for it. */
interface Row {
  readonly values: Float32Array
  readonly startAt: number
  readonly endAt: number
  readonly window?: FeatureWindow
}

/**
 * The rows that `windows` end in: at least one window, all of one instrument, one per closed bar, oldest first. Rows that only a window
 * tells of (those before the first window, and bars that did not come but that the rule for missing data made up) come with prices of
 * `NaN`: windows reach over them, labels do not.
 */
export function rowTableOf(windows: readonly FeatureWindow[], { featureNames, barMs }: RowShape): RowTable {
  check(windows.length > 0, 'windows of a table', windows.length)
  const rows = windows.flatMap((window, i) => [...rowsBefore(window, windows[i - 1], barMs), rowOf(window)])
  const { bar, schemaHash } = windows[0]!.row
  const features = featureNames.length
  const values = new Float32Array(rows.length * features)
  for (const [i, row] of rows.entries()) {
    check(row.values.length === features, `row of ${features} features`, row.values.length)
    values.set(row.values, i * features)
  }
  const flags = (of: (window: FeatureWindow) => boolean, unknown: number): Uint8Array =>
    Uint8Array.from(rows, ({ window }) => (window ? Number(of(window)) : unknown))
  const column = (of: (one: FeatureWindow['row']['bar']) => number): Float64Array =>
    Float64Array.from(rows, ({ window }) => (window ? of(window.row.bar) : Number.NaN))
  return {
    ...{ symbol: bar.symbol, featureNames, schemaHash, barMs, rows: rows.length },
    startAt: Float64Array.from(rows, ({ startAt }) => startAt),
    endAt: Float64Array.from(rows, ({ endAt }) => endAt),
    values,
    ready: flags(({ row }) => row.ready, 1),
    tainted: flags(({ row }) => row.bar.taints.length > 0, 0),
    open: column((one) => one.open),
    high: column((one) => one.high),
    low: column((one) => one.low),
    close: column((one) => one.close),
    volume: column((one) => one.buyVolume + one.sellVolume),
    bidTicks: column((one) => one.bidTicks),
    askTicks: column((one) => one.askTicks),
    markPrice: column((one) => one.markPrice),
    fundingRate: column((one) => one.fundingRate),
    nextFundingAt: column((one) => one.nextFundingAt),
  }
}

const rowOf = (window: FeatureWindow): Row => ({
  values: window.row.values,
  startAt: window.row.bar.startAt,
  endAt: window.row.bar.endAt,
  window,
})

/** Rows of a ready window that no window before it ended in. */
function rowsBefore(
  { row, ready, steps, values }: FeatureWindow,
  before: FeatureWindow | undefined,
  barMs: number,
): readonly Row[] {
  const { startAt } = row.bar
  const missing = before ? Math.round((startAt - before.row.bar.endAt) / barMs) : steps - 1
  if (!ready || missing <= 0) return []
  const features = row.values.length
  const count = Math.min(missing, steps - 1)
  return Array.from({ length: count }, (_, nth): Row => {
    const at = steps - 1 - count + nth
    const endAt = startAt - (count - 1 - nth) * barMs
    return { values: values.slice(at * features, (at + 1) * features), startAt: endAt - barMs, endAt }
  })
}
