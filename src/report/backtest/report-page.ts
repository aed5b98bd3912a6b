/** A page with curves that can be zoomed: the body is made, the curves are drawn when it opens. */
export interface ReportPage {
  readonly title: string
  /** HTML, every text in it escaped; holds an element with the id of each chart. */
  readonly body: string
  readonly style: string
  readonly charts: readonly CurveChart[]
}

/** A custom property of the style without its dashes: charts follow the light or dark page. */
type Colour = 'accent' | 'muted' | 'gain' | 'loss'

export interface PageCurve {
  readonly label: string
  readonly colour: Colour
  readonly values: readonly number[]
  /** Between the curve and 0. */
  readonly filled?: boolean
}

/** Columns of equal length, one entry for each mark. */
export interface ChartMarks {
  /** Seconds since the epoch, ascending. */
  readonly at: readonly number[]
  readonly values: readonly number[]
  /** `b` buys an entry, `s` sells one, `w` and `l` close it with a win or a loss. */
  readonly kinds: string
}

/** Curves over one time axis. Zooming one chart of a page zooms all. Numbers that are not finite are holes. */
export interface CurveChart {
  readonly id: string
  /** Pixels. */
  readonly height: number
  readonly percent: boolean
  /** Seconds since the epoch, ascending. */
  readonly at: readonly number[]
  readonly curves: readonly PageCurve[]
  readonly band?: { readonly label: string; readonly low: readonly number[]; readonly high: readonly number[] }
  readonly marks?: ChartMarks
}
