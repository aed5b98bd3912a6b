import type { ForecasterOutputs, OutputName } from '../../model/forecaster-outputs.ts'
import { LEVELS, outputWidths } from '../../model/forecaster-outputs.ts'
import type { PathPart } from '../splits/fold.ts'

export interface NamedForecasts {
  /** `model`, or a baseline's name. */
  readonly name: string
  /** One for each of the rows. */
  readonly outputs: ForecasterOutputs
}

/** What the forecasters of one fold said of its test rows. */
export interface FoldForecasts {
  readonly test: Int32Array
  /** Bounds of the flat class, from the fold's training rows. */
  readonly thresholdBps: number
  /** Choices that the fit tried on its validation rows. */
  readonly trials: number
  readonly forecasts: readonly NamedForecasts[]
}

/** One record of forecasts, each by a model that had not seen the row. */
export interface OutOfSample {
  /** Rows of the dataset, ascending: `subsetOf(data, rows)` is what came. */
  readonly rows: Int32Array
  /** [rows] Number of the fold that forecast it. */
  readonly folds: Int32Array
  /** [rows] Bounds of the flat class, basis points. */
  readonly thresholdsBps: Float64Array
  /** The model first, then the baselines; the same names in every fold. */
  readonly forecasts: readonly NamedForecasts[]
}

/** Puts the parts of a path together, in the order of the dataset. */
export function outOfSample(folds: readonly FoldForecasts[], path: readonly PathPart[]): OutOfSample {
  const places = folds.map(({ test }) => new Map(Array.from(test, (row, place) => [row, place])))
  const origins = path
    .flatMap(({ fold, rows }) => Array.from(rows, (row) => ({ fold, row })))
    .sort((a, b) => a.row - b.row)
  return {
    rows: Int32Array.from(origins, ({ row }) => row),
    folds: Int32Array.from(origins, ({ fold }) => fold),
    thresholdsBps: Float64Array.from(origins, ({ fold }) => folds[fold]!.thresholdBps),
    forecasts: folds[0]!.forecasts.map(({ name }, which) => ({
      name,
      outputs: outputsOfRows(origins.length, (i) => {
        const { fold, row } = origins[i]!
        return { outputs: folds[fold]!.forecasts[which]!.outputs, row: places[fold]!.get(row)! }
      }),
    })),
  }
}

/** `count` rows put together from rows of other outputs. */
export function outputsOfRows(
  count: number,
  from: (i: number) => { readonly outputs: ForecasterOutputs; readonly row: number },
): ForecasterOutputs {
  const widths = outputWidths(LEVELS.length)
  const picked = (name: OutputName): Float32Array => {
    const width = widths[name]
    const values = new Float32Array(count * width)
    for (let i = 0; i < count; i += 1) {
      const { outputs, row } = from(i)
      values.set(outputs[name].subarray(row * width, (row + 1) * width), i * width)
    }
    return values
  }
  return {
    mean: picked('mean'),
    volatility: picked('volatility'),
    quantiles: picked('quantiles'),
    classes: picked('classes'),
  }
}
