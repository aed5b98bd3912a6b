import { unreachable } from '../../core/check.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { add, div, mul, scale, sqrt, square } from '../graph/ops/elementwise.ts'

/** Formulas and defaults as PyTorch's `torch.optim`. */
export type OptimiserOptions =
  /** v ← μ v + g; w ← w − η v (Polyak 1964). */
  | { readonly kind: 'sgd'; readonly momentum: number }
  /** s ← α s + (1 − α) g²; v ← μ v + g / (√s + ε); w ← w − η v (Hinton 2012, lecture 6). */
  | { readonly kind: 'rmsprop'; readonly decay: number; readonly epsilon: number; readonly momentum: number }
  /** Kingma and Ba 2015, algorithm 1; `adamw` decays weights apart from the gradient (Loshchilov and Hutter 2019, algorithm 2). */
  | { readonly kind: 'adam' | 'adamw'; readonly beta1: number; readonly beta2: number; readonly epsilon: number }

/** Number of moment vectors, each as long as the weights; all start at 0. */
export function momentCount({ kind }: OptimiserOptions): number {
  return kind === 'sgd' ? 1 : 2
}

/** Scalars that a step needs beside the learning rate. `step`: counted from 1. */
export function stepScalars(options: OptimiserOptions, step: number): Readonly<Record<string, number>> {
  if (options.kind === 'sgd' || options.kind === 'rmsprop') return {}
  // In double precision here: 1 − β₂ᵗ in float32 loses half its digits in the first steps.
  return {
    meanCorrection: 1 / (1 - options.beta1 ** step),
    squareCorrection: 1 / Math.sqrt(1 - options.beta2 ** step),
  }
}

export const STEP_SCALARS: Readonly<Record<OptimiserOptions['kind'], readonly string[]>> = {
  sgd: [],
  rmsprop: [],
  adam: ['meanCorrection', 'squareCorrection'],
  adamw: ['meanCorrection', 'squareCorrection'],
}

interface Update {
  /** To be taken from the weights, times the learning rate. */
  readonly direction: Value
  readonly moments: readonly Value[]
}

/** Nodes of one update. `moments`: as many as `momentCount`; `scalars`: inputs named by `STEP_SCALARS`. */
export function updateDirection(
  graph: Graph,
  options: OptimiserOptions,
  gradient: Value,
  moments: readonly Value[],
  scalars: Readonly<Record<string, Value>>,
): Update {
  switch (options.kind) {
    case 'sgd': {
      const velocity = add(graph, scale(graph, moments[0]!, options.momentum), gradient)
      return { direction: velocity, moments: [velocity] }
    }
    case 'rmsprop': {
      const meanSquare = average(graph, moments[0]!, square(graph, gradient), options.decay)
      const scaled = div(graph, gradient, add(graph, sqrt(graph, meanSquare), graph.scalar(options.epsilon)))
      const velocity = add(graph, scale(graph, moments[1]!, options.momentum), scaled)
      return { direction: velocity, moments: [meanSquare, velocity] }
    }
    case 'adam':
    case 'adamw': {
      const mean = average(graph, moments[0]!, gradient, options.beta1)
      const meanSquare = average(graph, moments[1]!, square(graph, gradient), options.beta2)
      const deviation = mul(graph, sqrt(graph, meanSquare), scalars['squareCorrection']!)
      const divisor = add(graph, deviation, graph.scalar(options.epsilon))
      return {
        direction: div(graph, mul(graph, mean, scalars['meanCorrection']!), divisor),
        moments: [mean, meanSquare],
      }
    }
    default:
      return unreachable(options)
  }
}

/** share × old + (1 − share) × new. */
const average = (graph: Graph, old: Value, fresh: Value, share: number): Value =>
  add(graph, scale(graph, old, share), scale(graph, fresh, 1 - share))
