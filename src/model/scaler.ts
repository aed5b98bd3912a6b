import type { Graph, Value } from './graph/graph.ts'
import { clip, div, sub } from './graph/ops/elementwise.ts'

/** z = clip((x − centre) / scale, ±clip), for each feature. */
export interface Scaler {
  readonly features: number
  /** [features] each; scale > 0. */
  readonly centre: Float32Array
  readonly scale: Float32Array
  readonly clip: number
}

/** Scales and clips row `row` of `input` [batch, steps, features] into `z` [steps × features]. */
export function scaleRow(scaler: Scaler, input: Float32Array, row: number, z: Float64Array | Float32Array): void {
  const { centre, scale, features } = scaler
  for (let i = 0; i < z.length; i += 1) {
    const feature = i % features
    const value = (input[row * z.length + i]! - centre[feature]!) / scale[feature]!
    z[i] = Math.min(scaler.clip, Math.max(-scaler.clip, value))
  }
}

/** The same in a graph. `raw`: [batch, steps, features]. */
export function scaledWindow(graph: Graph, raw: Value, { centre, scale, clip: bound }: Scaler): Value {
  const centred = sub(graph, raw, graph.constant('centre', centre, [centre.length]))
  return clip(graph, div(graph, centred, graph.constant('scale', scale, [scale.length])), -bound, bound)
}
