import { check } from '../../../core/check.ts'
import type { Json, Parameter } from '../search-space.ts'
import { stableText } from '../stable-text.ts'
import { indexOf, type Kernels } from './kernels.ts'

/** Each kernel has 1/K for every value, K kernels with the prior's, and 1 more for the observed one, over their sum. */
export function choiceKernels({ values }: Extract<Parameter, { kind: 'choice' }>, seen: readonly Json[]): Kernels {
  const texts = values.map(stableText)
  const placeOf = (value: Json): number => {
    const place = texts.indexOf(stableText(value))
    return check(place >= 0, 'value of a choice', place)
  }
  const observed = seen.map(placeOf)
  const base = 1 / (seen.length + 1)
  const total = values.length * base + 1
  const sharesOf = (kernel: number): readonly number[] =>
    kernel < seen.length
      ? values.map((_, place) => (base + (place === observed[kernel] ? 1 : 0)) / total)
      : values.map(() => 1 / values.length)
  return {
    draw: (kernel, random) => values[indexOf(sharesOf(kernel), random())]!,
    addLogDensities(value, into) {
      const place = placeOf(value)
      for (let kernel = 0; kernel < into.length; kernel += 1) into[kernel]! += Math.log(sharesOf(kernel)[place]!)
    },
  }
}
