import type { FeatureWindow } from '../features/feature-row.ts'
import type { LabelSettings } from './labels/label-settings.ts'
import { labelsOf } from './labels/labels-of.ts'
import type { RowLabel } from './labels/row-label.ts'
import type { RowTable } from './rows/row-table.ts'
import { rowTableOf } from './rows/row-table-of.ts'
import type { WindowEnd } from './rows/table-windows.ts'
import { isWholeWindow, tableWindows } from './rows/table-windows.ts'
import type { WindowInputs } from './window-inputs.ts'
import { chosenInputs } from './window-inputs.ts'

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
  /** A window of raw feature values for each row, [steps, features]. */
  readonly inputs: WindowInputs
  /** What is forecast, basis points; see `LabelSettings`. By default ln(mid one horizon later / mid at the close). */
  readonly targetsBps: Float64Array
  /** Realised variance up to the label's end: Σ of the squared log-returns of its bars, square basis points. */
  readonly variancesBps2: Float64Array
  /** Of meta-labels: 1 where following the side paid after costs. */
  readonly hits?: Uint8Array
  /** Close of each window's last bar, milliseconds since the epoch. */
  readonly endAt: Float64Array
  /** When everything that a row was labelled with was known, milliseconds since the epoch: what purging must look at. */
  readonly labelEndAt: Float64Array
  /** Index of each row's series. */
  readonly series: Int32Array
  /** Features, by index, that a model must not look at; absent: none. See `fitScaler`. */
  readonly ignored?: ReadonlySet<number>
  /** Importance of each row in training, ≥ 0, relative to each other; absent: all equal. See `withRecency`. */
  readonly weights?: Float64Array
}

/** Next return of the mid over the horizon, before costs. */
const PLAIN_RETURNS: LabelSettings = { kind: 'return', costBps: 0 }

/**
 * Pairs each ready window with its forward return. `seriesWindows`: for every series one window per closed bar, in order, not-ready ones
 * included. See `datasetFromRows` for what is left out.
 */
export const datasetOf = (seriesWindows: readonly (readonly FeatureWindow[])[], shape: DatasetShape): Dataset =>
  datasetFromRows(
    seriesWindows.filter(({ length }) => length > 0).map((windows) => rowTableOf(windows, shape)),
    shape,
    PLAIN_RETURNS,
  )

/**
 * A row for every bar of `tables` (one a series) whose window is whole and whose label is known. Left out: bars with fewer than `steps` ready rows
 * behind each other up to them, tainted bars, and labels that would reach over a missing bar, a tainted one or a void book. `sides`: for
 * meta-labels, what the primary says at each row of each table (−1, 0, 1), where no feature says it.
 */
export function datasetFromRows(
  tables: readonly RowTable[],
  shape: DatasetShape,
  labels: LabelSettings,
  sides?: readonly ArrayLike<number>[],
): Dataset {
  const ends: WindowEnd[] = []
  const known: RowLabel[] = []
  for (const [series, table] of tables.entries()) {
    const isWhole = isWholeWindow(table, shape)
    const labelOf = labelsOf(table, shape.horizonBars, labels, sides?.[series])
    for (let row = 0; row < table.rows; row += 1) {
      const label = isWhole(row) ? labelOf(row) : undefined
      if (label === undefined) continue
      ends.push({ table: series, row })
      known.push(label)
    }
  }
  const atEnd = ({ table, row }: WindowEnd): number => tables[table]!.endAt[row]!
  return {
    shape,
    rows: known.length,
    inputs: tableWindows(tables, ends, shape),
    targetsBps: Float64Array.from(known, ({ targetBps }) => targetBps),
    variancesBps2: Float64Array.from(known, ({ varianceBps2 }) => varianceBps2),
    ...(labels.kind === 'meta' && { hits: Uint8Array.from(known, ({ targetBps }) => Number(targetBps > 0)) }),
    endAt: Float64Array.from(ends, atEnd),
    labelEndAt: Float64Array.from(known, ({ end }, i) => atEnd({ table: ends[i]!.table, row: end })),
    series: Int32Array.from(ends, ({ table }) => table),
  }
}

/** Rows `rows` of `data`, in that order: ascending keeps them grouped by series and in time order. Windows are not copied. */
export function subsetOf(data: Dataset, rows: Int32Array): Dataset {
  const picked = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!)
  const { hits, weights, ignored } = data
  return {
    shape: data.shape,
    rows: rows.length,
    inputs: chosenInputs(data.inputs, rows),
    targetsBps: picked(data.targetsBps),
    variancesBps2: picked(data.variancesBps2),
    ...(hits && { hits: Uint8Array.from(rows, (row) => hits[row]!) }),
    endAt: picked(data.endAt),
    labelEndAt: picked(data.labelEndAt),
    series: Int32Array.from(rows, (row) => data.series[row]!),
    ...(ignored && { ignored }),
    ...(weights && { weights: picked(weights) }),
  }
}

/** Row numbers of a dataset. */
export interface Split {
  readonly train: Int32Array
  readonly validation: Int32Array
}

/**
 * The later `validationShare` (0–1) of every series validates, the earlier part trains. Rows are dropped from the end of training whose
 * label was not known `steps` bars before the border, so that neither a label nor a window reaches over it (López de Prado 2018, ch. 7.4).
 */
export function splitByTime({ rows, endAt, labelEndAt, series, shape }: Dataset, validationShare: number): Split {
  const range = new Map<number, [first: number, last: number]>()
  for (let row = 0; row < rows; row += 1) {
    const first = range.get(series[row]!)?.[0] ?? endAt[row]!
    range.set(series[row]!, [first, endAt[row]!])
  }
  const lookBackMs = shape.steps * shape.barMs
  const train: number[] = []
  const validation: number[] = []
  for (let row = 0; row < rows; row += 1) {
    const [first, last] = range.get(series[row]!)!
    const borderAt = last - (last - first) * validationShare
    if (labelEndAt[row]! + lookBackMs <= borderAt) train.push(row)
    else if (endAt[row]! >= borderAt) validation.push(row)
  }
  return { train: Int32Array.from(train), validation: Int32Array.from(validation) }
}
