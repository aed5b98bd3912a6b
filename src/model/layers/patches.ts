import { check } from '../../core/check.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { gather, reshape, transpose } from '../graph/ops/layout.ts'
import { sizeOf } from '../graph/shape.ts'

export interface PatchOptions {
  /** Steps in one patch. */
  readonly patchLength: number
  /** Steps from one patch to the next. */
  readonly patchStride: number
}

/** Patches of a window of `steps`, padded at its end by `patchStride` repetitions of its last value (Nie et al. 2023, §3.1). */
export function patchCount(steps: number, { patchLength, patchStride }: PatchOptions): number {
  check(patchLength <= steps, `patch length within ${steps} steps`, patchLength)
  return Math.floor((steps - patchLength) / patchStride) + 2
}

/** x [batch, steps, channels] → [batch, channels, patches, patchLength]. */
export function patchesOf(graph: Graph, x: Value, options: PatchOptions): Value {
  const [batch, channels] = [x.shape[0]!, x.shape[2]!]
  const steps = sizeOf(x.shape, 1)
  const count = patchCount(steps, options)
  const { patchLength, patchStride } = options
  // The index of a step beyond the end is that of the last step: repetition without a node of its own.
  const indices = Array.from({ length: count * patchLength }, (_, i) =>
    Math.min(Math.floor(i / patchLength) * patchStride + (i % patchLength), steps - 1),
  )
  const picked = transpose(graph, gather(graph, x, 1, indices), [0, 2, 1])
  return reshape(graph, picked, [batch, channels, count, patchLength])
}
