import type { Graph, Value } from './graph/graph.ts'
import { clip, div, sub } from './graph/ops/elementwise.ts'
import { flatten, reshape } from './graph/ops/layout.ts'
import { sizeOf } from './graph/shape.ts'

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
export const scaledWindow = (graph: Graph, raw: Value, scaler: Scaler): Value =>
  reshape(graph, scaledRow(graph, raw, scaler), raw.shape)

/**
 * The same, [batch, steps × features]. Centre and scale are written out for each step: ONNX Runtime goes through a tensor in stretches as
 * long as what it repeats, and stretches of a few features take ten times as long as whole windows.
 */
export function scaledRow(graph: Graph, raw: Value, { centre, scale, clip: bound }: Scaler): Value {
  const row = flatten(graph, raw)
  const width = sizeOf(row.shape, 1)
  const eachStep = (name: string, values: Float32Array): Value =>
    graph.constant(
      name,
      Float32Array.from({ length: width }, (_, at) => values[at % values.length]!),
      [width],
    )
  const centred = sub(graph, row, eachStep('centre', centre))
  return clip(graph, div(graph, centred, eachStep('scale', scale)), -bound, bound)
}
