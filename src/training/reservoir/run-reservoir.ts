import { check } from '../../core/check.ts'
import type { Reservoir } from '../../model/architectures/reservoir-matrices.ts'

/** Advances `state` [units] by one input [features], in place. Rounded to float32 once a step, sums in double. */
type Step = (state: Float32Array, input: ArrayLike<number>, inputFrom: number) => void

/** The step of a reservoir, its zero weights left out. */
function stepOf({ units, features, leak, inputWeights, recurrent }: Reservoir): Step {
  const targets: Int32Array[] = []
  const weights: Float64Array[] = []
  for (let from = 0; from < units; from += 1) {
    const row = recurrent.subarray(from * units, (from + 1) * units)
    const used = Int32Array.from([...row.keys()].filter((to) => row[to] !== 0))
    targets.push(used)
    weights.push(Float64Array.from(used, (to) => row[to]!))
  }
  const sums = new Float64Array(units)
  return (state, input, inputFrom) => {
    sums.set(inputWeights.subarray(0, units))
    for (let feature = 0; feature < features; feature += 1) {
      const value = input[inputFrom + feature]!
      for (let to = 0; to < units; to += 1) sums[to]! += value * inputWeights[(1 + feature) * units + to]!
    }
    for (let from = 0; from < units; from += 1) {
      const value = state[from]!
      const to = targets[from]!
      const weight = weights[from]!
      for (let i = 0; i < to.length; i += 1) sums[to[i]!]! += value * weight[i]!
    }
    for (let to = 0; to < units; to += 1) state[to] = (1 - leak) * state[to]! + leak * Math.tanh(sums[to]!)
  }
}

/** State after each step of one long sequence: `inputs` [steps, features] → [steps, units]. Starts from `initial`, else from 0. */
export function reservoirStates(reservoir: Reservoir, inputs: ArrayLike<number>, initial?: Float32Array): Float32Array {
  const { features, units } = reservoir
  const steps = inputs.length / features
  check(Number.isInteger(steps), `inputs of ${features} features`, inputs.length)
  const step = stepOf(reservoir)
  const state = new Float32Array(units)
  if (initial) state.set(initial)
  const states = new Float32Array(steps * units)
  for (let t = 0; t < steps; t += 1) {
    step(state, inputs, t * features)
    states.set(state, t * units)
  }
  return states
}

/** Last state of each window, every one begun from 0: `windows` [rows, steps, features] → [rows, units]. */
export function finalStates(reservoir: Reservoir, windows: ArrayLike<number>, steps: number): Float32Array {
  const { features, units } = reservoir
  const rows = windows.length / (steps * features)
  check(Number.isInteger(rows), `windows of ${steps} steps and ${features} features`, windows.length)
  const step = stepOf(reservoir)
  const states = new Float32Array(rows * units)
  for (let row = 0; row < rows; row += 1) {
    const state = states.subarray(row * units, (row + 1) * units)
    for (let t = 0; t < steps; t += 1) step(state, windows, (row * steps + t) * features)
  }
  return states
}
