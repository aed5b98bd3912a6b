import type { Random } from '../../core/random.ts'
import type { DropoutSite } from '../../model/graph/network.ts'
import type { EngineTensor } from '../graph-engine.port.ts'

/** Values of the 16 bits that decide on one element. */
const STEPS = 65_536

/** Fresh masks for every dropout site: 0 with the site's rate, else 1 / (1 − rate), so that the mean stays. Rates are met to 1/65,536. */
export function dropoutMasks(sites: readonly DropoutSite[], random: Random): Readonly<Record<string, EngineTensor>> {
  return Object.fromEntries(
    sites.map(({ name, shape, rate }) => [name, { dims: shape, data: maskOf(shape, rate, random) }]),
  )
}

function maskOf(shape: readonly number[], rate: number, random: Random): Float32Array {
  const mask = new Float32Array(shape.reduce((product, dim) => product * dim, 1))
  const kept = 1 / (1 - rate)
  const bound = Math.round(rate * STEPS)
  // Masks are the largest input of a step: two elements to a draw of xorshift32 (Marsaglia 2003) and no branch cost a tenth of the plain way.
  let bits = 1 | (random() * 4_294_967_296)
  for (let i = 0; i < mask.length; i += 2) {
    bits ^= bits << 13
    bits ^= bits >>> 17
    bits ^= bits << 5
    mask[i] = Number((bits & (STEPS - 1)) >= bound) * kept
    mask[i + 1] = Number(bits >>> 16 >= bound) * kept // Past the end of an odd length nothing is written.
  }
  return mask
}
