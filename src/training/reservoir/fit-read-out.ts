import { check } from '../../core/check.ts'
import type { Reservoir } from '../../model/architectures/reservoir-matrices.ts'
import type { LinearMap } from '../solve-ridge.ts'
import { applyMap, solveRidgeMap } from '../solve-ridge.ts'
import { reservoirStates } from './run-reservoir.ts'

interface ReadOutSettings {
  /** First steps that only drive the state away from where it began; they are not fitted. */
  readonly washout: number
  /** Ridge penalty on columns of inputs and states, in units of their variance. */
  readonly penalty: number
}

/**
 * Read-out of one long sequence, solved exactly: ridge from [input, state] to targets. `inputs` [steps, features], `targets`
 * [steps, outputs]. The map's first rows belong to the inputs.
 */
export function fitReadOut(
  reservoir: Reservoir,
  inputs: Float64Array,
  targets: Float64Array,
  { washout, penalty }: ReadOutSettings,
): LinearMap {
  const steps = inputs.length / reservoir.features
  check(washout >= 0 && washout < steps, `washout within ${steps} steps`, washout)
  const width = reservoir.features + reservoir.units
  const outputs = targets.length / steps
  const x = withInputs(reservoir, inputs, reservoirStates(reservoir, inputs))
  return solveRidgeMap(x.subarray(washout * width), targets.subarray(washout * outputs), width, penalty)
}

/** What the read-out says at each step of a sequence: [steps, outputs]. */
export const readOut = (reservoir: Reservoir, map: LinearMap, inputs: Float64Array): Float64Array =>
  applyMap(map, withInputs(reservoir, inputs, reservoirStates(reservoir, inputs)))

function withInputs({ features, units }: Reservoir, inputs: Float64Array, states: Float32Array): Float64Array {
  const width = features + units
  const rows = inputs.length / features
  const x = new Float64Array(rows * width)
  for (let row = 0; row < rows; row += 1) {
    x.set(inputs.subarray(row * features, (row + 1) * features), row * width)
    x.set(states.subarray(row * units, (row + 1) * units), row * width + features)
  }
  return x
}
