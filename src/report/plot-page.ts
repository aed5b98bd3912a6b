/** One page of charts, ready to be drawn. Numbers that are not finite are holes. */
export interface PlotPage {
  readonly title: string
  /** Paragraphs above the charts, plain text. */
  readonly notes: readonly string[]
  readonly charts: readonly Chart[]
  readonly table: PlotTable
}

export interface PlotTable {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export type Chart = ScatterChart | TimeChart

/** Points with an optional straight line `y = intercept + slope x`. */
export interface ScatterChart {
  readonly kind: 'scatter'
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly line?: { readonly label: string; readonly intercept: number; readonly slope: number }
}

/** Two curves over time, each with an axis of its own. */
export interface TimeChart {
  readonly kind: 'time'
  readonly title: string
  /** Seconds since the epoch, ascending. */
  readonly at: readonly number[]
  readonly left: Curve
  readonly right: Curve
}

export interface Curve {
  readonly label: string
  readonly values: readonly number[]
}
