import type { Random } from '../../../core/random.ts'
import type { Json, Parameter } from '../search-space.ts'
import { choiceKernels } from './choice-kernels.ts'
import { indexOf, type Kernels } from './kernels.ts'
import { numericKernels } from './numeric-kernels.ts'

/** A mixture of products: a kernel spans all parameters. */
export interface Parzen {
  /** One value per parameter. */
  draw(random: Random): readonly Json[]
  logDensity(values: readonly Json[]): number
}

/** Observations that count fully: older ones fade. */
const RECENT = 25

/** Weights of `count` observations, the oldest first: a ramp from 1/n to 1, then the newest 25 in full; all in full below 25. */
export function observationWeights(count: number): readonly number[] {
  const faded = Math.max(0, count - RECENT)
  return Array.from({ length: count }, (_, index) => {
    if (index >= faded) return 1
    return faded === 1 ? 1 / count : 1 / count + (index / (faded - 1)) * (1 - 1 / count)
  })
}

/**
 * Parzen estimator of parameters that are taken together (Bergstra et al. 2011; Watanabe 2023, § 3), as Optuna 5.0 builds it: a kernel
 * for each observation, [parameters] and the oldest first, and a prior of weight 1.
 */
export function parzen(parameters: readonly Parameter[], observations: readonly (readonly Json[])[]): Parzen {
  const weights = [...observationWeights(observations.length), 1]
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const logWeights = Float64Array.from(weights, (weight) => Math.log(weight / total))
  const kernels = parameters.map((parameter, at): Kernels => {
    const seen = observations.map((values) => values[at]!)
    return parameter.kind === 'choice' ? choiceKernels(parameter, seen) : numericKernels(parameter, seen.map(Number))
  })
  return {
    draw(random) {
      const kernel = indexOf(weights, random() * total)
      return kernels.map(({ draw }) => draw(kernel, random))
    },
    logDensity(values) {
      const logs = logWeights.slice()
      for (const [at, one] of kernels.entries()) one.addLogDensities(values[at]!, logs)
      return logSumExp(logs)
    },
  }
}

/** `logs` hold a finite value: that of the prior. */
function logSumExp(logs: Float64Array): number {
  let top = Number.NEGATIVE_INFINITY
  for (const value of logs) if (value > top) top = value
  let sum = 0
  for (const value of logs) sum += Math.exp(value - top)
  return top + Math.log(sum)
}
