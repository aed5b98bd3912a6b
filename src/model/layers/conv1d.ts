import { check } from '../../core/check.ts'
import type { Graph, Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import { concat, pad, slice } from '../graph/ops/layout.ts'
import { sizeOf } from '../graph/shape.ts'
import { dense } from './dense.ts'

export interface KernelOptions {
  /** Steps that a kernel covers. */
  readonly kernel: number
  /** Distance between those steps, 1 by default. */
  readonly dilation?: number
  /** `same`: zeros at both ends, as many steps as before (an odd one goes to the end, as in PyTorch); `valid`: none. */
  readonly padding: 'same' | 'valid'
}

/** Steps from the first that a kernel covers to the last, less one. */
export const kernelSpan = ({ kernel, dilation = 1 }: KernelOptions): number => (kernel - 1) * dilation

/** What the kernel sees at each place, side by side: x [batch, steps, …, channels] → [batch, places, …, kernel × channels]. */
export function unfold(graph: Graph, x: Value, options: KernelOptions): Value {
  const { kernel, dilation = 1, padding } = options
  const span = kernelSpan(options)
  const before = padding === 'same' ? Math.floor(span / 2) : 0
  const padded = padding === 'same' ? pad(graph, x, 1, before, span - before) : x
  const places = sizeOf(padded.shape, 1) - span
  check(places > 0, `steps for a kernel over ${span + 1}`, sizeOf(x.shape, 1))
  const taps = Array.from({ length: kernel }, (_, tap) =>
    slice(graph, padded, 1, tap * dilation, tap * dilation + places),
  )
  return concat(graph, taps, -1)
}

/**
 * Convolution over the steps, as PyTorch's `nn.Conv1d` (which is a correlation): x [batch, steps, …, channels] → [batch, places, …,
 * filters], the same for every place on the axes between. Unfolded, so that one product does the work. Parameters `weights`
 * [kernel × channels, filters], step-major, and `bias` [filters].
 */
export const conv1d = (network: Network, x: Value, options: KernelOptions & { readonly filters: number }): Value =>
  dense(network, unfold(network.graph, x, options), options.filters)
