import type { FeatureWindow } from '../features/feature-row.ts'

/** What a model sees and how far it looks. */
export interface DatasetShape {
  readonly featureNames: readonly string[]
  readonly steps: number
  readonly barMs: number
  readonly horizonBars: number
}

/** Rows for fitting, grouped by series (one instrument of one run), in time order within each. */
export interface Dataset {
  readonly shape: DatasetShape
  readonly rows: number
  /** [rows, steps × features], row-major, raw feature values. */
  readonly inputs: Float32Array
  /** ln(mid one horizon later / mid at the close), basis points. */
  readonly targetsBps: Float64Array
  /** Realised variance over the horizon: Σ of the squared log-returns of its bars, square basis points. */
  readonly variancesBps2: Float64Array
  /** Close of each window's last bar, milliseconds since the epoch. */
  readonly endAt: Float64Array
  /** Index of each row's series. */
  readonly series: Int32Array
}

const midOf = ({ row }: FeatureWindow): number => (row.bar.bidTicks + row.bar.askTicks) / 2

/**
 * Pairs each ready window with its forward return. `seriesWindows`: for every series one window per closed bar, in order, not-ready ones
 * included. A row is dropped when its window is not ready, or when a bar up to the horizon is missing or tainted: never across a gap.
 */
export function datasetOf(seriesWindows: readonly (readonly FeatureWindow[])[], shape: DatasetShape): Dataset {
  const kept = seriesWindows.flatMap((windows, series) =>
    windows.flatMap((window, i) => {
      const forward = forwardOf(windows, i, shape)
      return forward === undefined ? [] : [{ window, series, ...forward }]
    }),
  )
  const width = shape.steps * shape.featureNames.length
  const inputs = new Float32Array(kept.length * width)
  for (const [row, { window }] of kept.entries()) inputs.set(window.values, row * width)
  return {
    shape,
    rows: kept.length,
    inputs,
    targetsBps: Float64Array.from(kept, ({ targetBps }) => targetBps),
    variancesBps2: Float64Array.from(kept, ({ varianceBps2 }) => varianceBps2),
    endAt: Float64Array.from(kept, ({ window }) => window.row.bar.endAt),
    series: Int32Array.from(kept, ({ series }) => series),
  }
}

/** What follows bar `i` up to `i + horizonBars`; undefined where it or its window may not be used. */
function forwardOf(
  windows: readonly FeatureWindow[],
  i: number,
  { horizonBars }: DatasetShape,
): { readonly targetBps: number; readonly varianceBps2: number } | undefined {
  const from = windows[i]
  const to = windows[i + horizonBars]
  if (!from?.ready || !to) return undefined
  const span = windows.slice(i, i + horizonBars + 1)
  const contiguous = span.every(({ row }, nth) => nth === 0 || row.bar.startAt === span[nth - 1]!.row.bar.endAt)
  const clean = span.every(({ row }) => row.bar.taints.length === 0)
  const targetBps = 10_000 * Math.log(midOf(to) / midOf(from))
  if (!contiguous || !clean || !Number.isFinite(targetBps)) return undefined
  const logs = span.map((window) => 10_000 * Math.log(midOf(window)))
  const varianceBps2 = logs.reduce((sum, log, nth) => (nth === 0 ? 0 : sum + (log - logs[nth - 1]!) ** 2), 0)
  return { targetBps, varianceBps2 }
}

/** Row numbers of a dataset. */
export interface Split {
  readonly train: Int32Array
  readonly validation: Int32Array
}

/**
 * The later `validationShare` (0–1) of every series validates, the earlier part trains. Between them `horizonBars + steps` bars are
 * dropped, so that neither a label nor a window reaches over the border (López de Prado 2018, ch. 7.4).
 */
export function splitByTime({ rows, endAt, series, shape }: Dataset, validationShare: number): Split {
  const range = new Map<number, [first: number, last: number]>()
  for (let row = 0; row < rows; row += 1) {
    const first = range.get(series[row]!)?.[0] ?? endAt[row]!
    range.set(series[row]!, [first, endAt[row]!])
  }
  const purgeMs = (shape.horizonBars + shape.steps) * shape.barMs
  const train: number[] = []
  const validation: number[] = []
  for (let row = 0; row < rows; row += 1) {
    const [first, last] = range.get(series[row]!)!
    const borderAt = last - (last - first) * validationShare
    if (endAt[row]! + purgeMs <= borderAt) train.push(row)
    else if (endAt[row]! >= borderAt) validation.push(row)
  }
  return { train: Int32Array.from(train), validation: Int32Array.from(validation) }
}
