import type { Dataset } from '../../src/training/dataset.ts'
import { denseInputs, gather } from '../../src/training/window-inputs.ts'

/** What a test says of a dataset; the rest follows. */
type Given = Pick<Dataset, 'shape' | 'targetsBps'> &
  Partial<Omit<Dataset, 'inputs' | 'rows'>> & {
    /** [rows, steps × features]. */
    readonly inputs: Float32Array
  }

/** A dataset whose windows stand in memory: one series, a row a bar, labels known one horizon later unless told otherwise. */
export function denseDataset({ inputs, ...given }: Given): Dataset {
  const { shape, targetsBps } = given
  const rows = targetsBps.length
  const endAt = given.endAt ?? Float64Array.from({ length: rows }, (_, row) => shape.barMs * row)
  return {
    rows,
    inputs: denseInputs(inputs, shape.steps * shape.featureNames.length),
    variancesBps2: new Float64Array(rows),
    endAt,
    labelEndAt: endAt.map((at) => at + shape.horizonBars * shape.barMs),
    series: new Int32Array(rows),
    ...given,
  }
}

/** All windows behind each other, [rows, steps × features]. */
export const valuesOf = ({ inputs, rows }: Dataset): Float32Array =>
  gather(
    inputs,
    Int32Array.from({ length: rows }, (_, row) => row),
  )
