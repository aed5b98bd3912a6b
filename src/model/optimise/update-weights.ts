import type { Graph, Value } from '../graph/graph.ts'
import type { Layout } from '../graph/network.ts'
import { add, div, minimum, mul, sign, sqrt, square, sub } from '../graph/ops/elementwise.ts'
import { reshape } from '../graph/ops/layout.ts'
import { reduceSum } from '../graph/ops/reduce.ts'
import { elementCount } from '../graph/shape.ts'
import type { OptimiserOptions } from './optimiser.ts'
import { momentCount, STEP_SCALARS, updateDirection } from './optimiser.ts'

/** How weights follow a gradient. */
export interface UpdateOptions {
  readonly optimiser: OptimiserOptions
  /** Added to the gradient as λ w (L2), or under `adamw` taken from the weights as η λ w. 0: none. */
  readonly weightDecay: number
  /** Added to the gradient as λ sign(w). 0: none. */
  readonly l1: number
  /** Gradients are shortened to this Euclidean length over all weights (Pascanu et al. 2013). Absent: never. */
  readonly gradientNormMax?: number
}

/** Keeps a gradient of length 0 from a division by 0, as PyTorch's `clip_grad_norm_`. */
const NORM_FLOOR = 1e-6

/**
 * Adds one update to `graph`: inputs `moment0` … [count], `learningRate` and the optimiser's scalars []; outputs `weightsNext`,
 * `momentNext0` … [count] and `gradientNorm` [] (before it is cut).
 */
export function updateWeights(
  graph: Graph,
  layout: Layout,
  options: UpdateOptions,
  weights: Value,
  gradient: Value,
): void {
  const { optimiser } = options
  const moments = Array.from({ length: momentCount(optimiser) }, (_, i) => graph.input(`moment${i}`, [layout.count]))
  const learningRate = graph.input('learningRate', [])
  const scalars = Object.fromEntries(STEP_SCALARS[optimiser.kind].map((name) => [name, graph.input(name, [])]))
  const norm = sqrt(graph, reshape(graph, reduceSum(graph, square(graph, gradient), [0]), []))
  const penalised = penalties(graph, layout, options, weights, shortened(graph, gradient, norm, options))
  const { direction, moments: next } = updateDirection(graph, optimiser, penalised, moments, scalars)
  const kept = optimiser.kind === 'adamw' ? decayed(graph, layout, options, weights, learningRate) : weights
  graph.output('weightsNext', sub(graph, kept, mul(graph, direction, learningRate)))
  for (const [i, moment] of next.entries()) graph.output(`momentNext${i}`, moment)
  graph.output('gradientNorm', norm)
}

function shortened(graph: Graph, gradient: Value, norm: Value, { gradientNormMax }: UpdateOptions): Value {
  if (gradientNormMax === undefined) return gradient
  const ratio = div(graph, graph.scalar(gradientNormMax), add(graph, norm, graph.scalar(NORM_FLOOR)))
  return mul(graph, gradient, minimum(graph, ratio, graph.scalar(1)))
}

function penalties(graph: Graph, layout: Layout, options: UpdateOptions, weights: Value, gradient: Value): Value {
  const { optimiser, weightDecay, l1 } = options
  let sum = gradient
  if (weightDecay > 0 && optimiser.kind !== 'adamw') {
    sum = add(graph, sum, mul(graph, weights, decayMask(graph, layout, 'l2', weightDecay)))
  }
  if (l1 > 0) sum = add(graph, sum, mul(graph, sign(graph, weights), decayMask(graph, layout, 'l1', l1)))
  return sum
}

function decayed(
  graph: Graph,
  layout: Layout,
  { weightDecay }: UpdateOptions,
  weights: Value,
  learningRate: Value,
): Value {
  if (weightDecay === 0) return weights
  const rates = mul(graph, decayMask(graph, layout, 'decay', weightDecay), learningRate)
  return sub(graph, weights, mul(graph, weights, rates))
}

/** `value` at weights that decay, 0 at the others. */
function decayMask(graph: Graph, { parameters, count }: Layout, name: string, value: number): Value {
  const mask = new Float32Array(count)
  let at = 0
  for (const { shape, decays } of parameters) {
    const end = at + elementCount(shape)
    if (decays) mask.fill(value, at, end)
    at = end
  }
  return graph.constant(`${name}_mask`, mask, [count])
}
