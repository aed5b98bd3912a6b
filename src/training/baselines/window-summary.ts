import type { Dataset } from '../dataset.ts'
import { denseInputs } from '../window-inputs.ts'

/** Steps that the shorter of the two means covers. */
const SHORT_STEPS = 4

/**
 * The dataset with each window cut down to its newest row and its means over the last 4 and over all steps: what a linear model can use of
 * a long window at a hundredth of the cost. One step of three features for each feature.
 */
export function windowSummary(data: Dataset): Dataset {
  const { steps, featureNames } = data.shape
  const features = featureNames.length
  const spans = [...new Set([1, Math.min(SHORT_STEPS, steps), steps])]
  const width = spans.length * features
  const inputs = new Float32Array(data.rows * width)
  const window = new Float32Array(data.inputs.width)
  for (let row = 0; row < data.rows; row += 1) {
    data.inputs.copy(row, window, 0)
    for (const [at, span] of spans.entries()) {
      for (let feature = 0; feature < features; feature += 1) {
        let sum = 0
        for (let step = steps - span; step < steps; step += 1) sum += window[step * features + feature]!
        inputs[row * width + at * features + feature] = sum / span
      }
    }
  }
  const names = spans.flatMap((span) => featureNames.map((name) => (span === 1 ? name : `${name}.mean${span}`)))
  // Baselines may look at every column: they are to be hard to beat.
  const { ignored: _, ...all } = data
  return { ...all, shape: { ...data.shape, steps: 1, featureNames: names }, inputs: denseInputs(inputs, width) }
}
