import type { Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import { add } from '../graph/ops/elementwise.ts'
import { sizeOf } from '../graph/shape.ts'

export type PositionKind = 'sinusoidal' | 'learned'

/** Base of the wavelengths, 2π to 2π × this (Vaswani et al. 2017, §3.5). */
const WAVELENGTH_BASE = 10_000
/** Of learned positions at the start: small beside the embedding (as PatchTST and BERT). */
const LEARNED_DEVIATION = 0.02

/** x [rows, steps, width] plus a vector for each step. Parameter `positions` [steps, width] when they are learned. */
export function addPositions(network: Network, x: Value, kind: PositionKind): Value {
  const [steps, width] = [sizeOf(x.shape, -2), sizeOf(x.shape, -1)]
  const positions =
    kind === 'learned'
      ? network.parameter('positions', [steps, width], { kind: 'normal', deviation: LEARNED_DEVIATION }, false)
      : network.graph.constant('positions', sinusoidalPositions(steps, width), [steps, width])
  return add(network.graph, x, positions)
}

/** [steps, width] row-major: sines at even columns, cosines at odd ones, of step / 10000^(2i / width) (Vaswani et al. 2017, §3.5). */
export function sinusoidalPositions(steps: number, width: number): Float64Array {
  return Float64Array.from({ length: steps * width }, (_, i) => {
    const [step, column] = [Math.floor(i / width), i % width]
    const angle = step / WAVELENGTH_BASE ** ((column - (column % 2)) / width)
    return column % 2 === 0 ? Math.sin(angle) : Math.cos(angle)
  })
}
