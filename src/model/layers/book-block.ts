import type { Graph, Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import { leakyRelu, maximum } from '../graph/ops/elementwise.ts'
import { concat, reshape, slice } from '../graph/ops/layout.ts'
import { sizeOf } from '../graph/shape.ts'
import { conv1d } from './conv1d.ts'
import { dense } from './dense.ts'

/** Parts of DeepLOB (Zhang, Zohren and Roberts 2019, IEEE Trans. Signal Process. 67(11), figure 3), zeros beyond both ends of the window. */

const SLOPE = 0.01
/** Steps that the convolutions over time of a block cover. */
const BLOCK_KERNEL = 4

/** Leaky ReLU of what `build` makes in scope `name`. */
const activated = (network: Network, name: string, build: () => Value): Value =>
  leakyRelu(network.graph, network.scope(name, build), SLOPE)

/**
 * Convolution over `merged` neighbouring columns with that stride, then two over 4 steps. x [batch, steps, columns, channels] →
 * [batch, steps, columns / merged, filters].
 */
export function bookBlock(network: Network, x: Value, merged: number, filters: number): Value {
  const [batch, steps] = x.shape
  const [columns, channels] = [sizeOf(x.shape, 2), sizeOf(x.shape, 3)]
  // A stride as wide as the kernel: the columns of one place lie side by side already.
  const places = reshape(network.graph, x, [batch!, steps!, columns / merged, merged * channels])
  const overTime = { kernel: BLOCK_KERNEL, padding: 'same', filters } as const
  const merging = activated(network, 'columns', () => dense(network, places, filters))
  const first = activated(network, 'time0', () => conv1d(network, merging, overTime))
  return activated(network, 'time1', () => conv1d(network, first, overTime))
}

/** Views of 3 and of 5 steps and the greatest of 3, side by side: x [batch, steps, channels] → [batch, steps, 3 × filters]. */
export function inception(network: Network, x: Value, filters: number): Value {
  const { graph } = network
  const view = (name: string, kernel: number): Value =>
    network.scope(name, () => {
      const narrow = activated(network, 'point', () => dense(network, x, filters))
      return activated(network, 'time', () => conv1d(network, narrow, { kernel, padding: 'same', filters }))
    })
  const greatest = network.scope('pool', () =>
    activated(network, 'point', () => dense(network, maxOfThree(graph, x), filters)),
  )
  return concat(graph, [view('three', 3), view('five', 5), greatest], -1)
}

/** Greatest of each step and its two neighbours. At the ends a step is its own neighbour, which changes no maximum. */
function maxOfThree(graph: Graph, x: Value): Value {
  const steps = sizeOf(x.shape, 1)
  if (steps === 1) return x
  const [first, last] = [slice(graph, x, 1, 0, 1), slice(graph, x, 1, steps - 1, steps)]
  const before = concat(graph, [first, slice(graph, x, 1, 0, steps - 1)], 1)
  const after = concat(graph, [slice(graph, x, 1, 1, steps), last], 1)
  return maximum(graph, maximum(graph, x, before), after)
}
