import { unreachable } from '../../core/check.ts'
import type { Random } from '../../core/random.ts'
import { normal } from '../../core/random.ts'
import type { InitialWeights } from './initial-weights.ts'
import type { Layout } from './network.ts'
import { elementCount } from './shape.ts'

/** The flat vector of a fresh network. Equal generators give equal weights. */
export function drawWeights(layout: Layout, random: Random): Float32Array {
  const weights = new Float32Array(layout.count)
  let at = 0
  for (const { shape, initial } of layout.parameters) {
    const end = at + elementCount(shape)
    for (let i = at; i < end; i += 1) weights[i] = draw(initial, random)
    at = end
  }
  return weights
}

function draw(initial: InitialWeights, random: Random): number {
  switch (initial.kind) {
    case 'constant':
      return initial.value
    case 'uniform':
      return (2 * random() - 1) * initial.limit
    case 'normal':
      return normal(random) * initial.deviation
    default:
      return unreachable(initial)
  }
}
