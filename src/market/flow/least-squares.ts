import { Matrix, QrDecomposition, solve } from 'ml-matrix'
import { check } from '../../core/check.ts'

/** Fit of y = intercept + Σ slope_i x_i + ε. */
export interface Regression {
  readonly n: number
  readonly intercept: number
  /** Unit of y per unit of each x. */
  readonly slopes: readonly number[]
  /** Slope over its standard error under errors of equal variance; ±∞ for an exact fit. */
  readonly tStatistics: readonly number[]
  /** Of the intercept, then of each slope, under errors of equal variance. */
  readonly standardErrors: readonly [intercept: number, ...slopes: number[]]
  /** 1 − Σ residual² ÷ Σ (y − ȳ)², fraction; of the sample fitted on. */
  readonly rSquared: number
}

/** Share of a column's length that must be left after the columns before it are taken out. */
const RANK_TOLERANCE = 1e-9

/**
 * Ordinary least squares with an intercept, by QR of the centred columns scaled to length 1. `columns` [regressors][n], `y` [n], all
 * finite. Undefined where nothing can be fitted: no more rows than unknowns, a constant y, or regressors that depend on each other.
 */
export function leastSquares(columns: readonly (readonly number[])[], y: readonly number[]): Regression | undefined {
  const n = y.length
  for (const column of columns) check(column.length === n, `column of ${n} rows`, column.length)
  const freedom = n - columns.length - 1
  if (columns.length === 0 || freedom <= 0) return undefined
  const target = centre(y)
  const total = squares(target.values)
  const centred = columns.map(centre)
  const lengths = centred.map(({ values }, at) => (isFlat(values, columns[at]!) ? 0 : Math.sqrt(squares(values))))
  if (isFlat(target.values, y) || lengths.some((length) => length === 0)) return undefined
  const design = new Matrix(n, columns.length)
  for (const [at, { values }] of centred.entries())
    design.setColumn(
      at,
      values.map((value) => value / lengths[at]!),
    )
  const qr = new QrDecomposition(design)
  const upper = qr.upperTriangularMatrix
  for (let at = 0; at < columns.length; at += 1) {
    if (!(Math.abs(upper.get(at, at)) > RANK_TOLERANCE)) return undefined
  }
  const scaled = qr.solve(Matrix.columnVector(target.values))
  const fitted = design.mmul(scaled)
  const residual = target.values.reduce((sum, value, row) => sum + (value - fitted.get(row, 0)) ** 2, 0)
  const inverse = solve(upper, Matrix.eye(columns.length))
  const slopes = lengths.map((length, at) => scaled.get(at, 0) / length)
  const scaledErrors = lengths.map((_, at) => {
    const spread = inverse.getRow(at).reduce((sum, each) => sum + each * each, 0)
    return Math.sqrt((residual / freedom) * spread)
  })
  const tStatistics = scaledErrors.map((error, at) => scaled.get(at, 0) / error)
  const means = Matrix.rowVector(centred.map(({ mean }, at) => mean / lengths[at]!))
  const leverage = means.mmul(inverse).norm() ** 2 + 1 / n // Of the point where every regressor is 0.
  const standardErrors: Regression['standardErrors'] = [
    Math.sqrt((residual / freedom) * leverage),
    ...scaledErrors.map((error, at) => error / lengths[at]!),
  ]
  const intercept = slopes.reduce((rest, slope, at) => rest - slope * centred[at]!.mean, target.mean)
  return { n, intercept, slopes, tStatistics, standardErrors, rSquared: 1 - residual / total }
}

/** What the fit says of one row of regressors. */
export const predict = ({ intercept, slopes }: Regression, row: readonly number[]): number =>
  slopes.reduce((sum, slope, at) => sum + slope * row[at]!, intercept)

function centre(values: readonly number[]): { readonly mean: number; readonly values: number[] } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, values: values.map((value) => value - mean) }
}

const squares = (values: readonly number[]): number => values.reduce((sum, value) => sum + value * value, 0)

/** Does not vary but for the rounding of its mean. */
const isFlat = (centred: readonly number[], values: readonly number[]): boolean =>
  squares(centred) <= RANK_TOLERANCE ** 2 * squares(values)
