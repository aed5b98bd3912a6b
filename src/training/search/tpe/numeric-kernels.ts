import { normal } from '../../../core/random.ts'
import { type NumericScale, numericScale } from '../numeric-scale.ts'
import type { NumericParameter } from '../search-space.ts'
import type { Kernels } from './kernels.ts'
import { logNormalMass } from './normal-mass.ts'

const LOG_SQRT_TWO_PI = Math.log(2 * Math.PI) / 2
/** Kernels above which the least width shrinks no more. */
const CLIP_MAX = 100

/**
 * Normal laws cut off at the parameter's edges, centred at what was seen; that of the prior is centred in the middle and as wide as the
 * range. With steps, a value's density is the mass of its interval.
 */
export function numericKernels(parameter: NumericParameter, seen: readonly number[]): Kernels {
  const scale = numericScale(parameter)
  const { lowEdge, highEdge, step, toScale } = scale
  const centres = Float64Array.from([...seen.map(toScale), (lowEdge + highEdge) / 2])
  const widths = Float64Array.from([...kernelWidths(centres.slice(0, -1), scale), highEdge - lowEdge])
  // What a density is divided by so that its mass between the edges is 1.
  const logTotals = centres.map((centre, k) => {
    const inside = logNormalMass((lowEdge - centre) / widths[k]!, (highEdge - centre) / widths[k]!)
    return step > 0 ? inside : inside + Math.log(widths[k]!) + LOG_SQRT_TWO_PI
  })
  const isPoint = lowEdge === highEdge
  return {
    draw(kernel, random) {
      if (isPoint) return parameter.low
      // The centre lies inside and no kernel is wider than the range: at least every third draw stays inside.
      for (;;) {
        const place = centres[kernel]! + widths[kernel]! * normal(random)
        if (place >= lowEdge && place <= highEdge) return scale.fromScale(place)
      }
    },
    addLogDensities(value, into) {
      if (isPoint) return
      const place = toScale(Number(value))
      const [from, to] = [toScale(Number(value) - step / 2), toScale(Number(value) + step / 2)]
      for (let k = 0; k < into.length; k += 1) {
        const centre = centres[k]!
        const width = widths[k]!
        const off = (place - centre) / width
        into[k]! +=
          (step > 0 ? logNormalMass((from - centre) / width, (to - centre) / width) : (-off * off) / 2) - logTotals[k]!
      }
    },
  }
}

/**
 * The wider of the gaps to both neighbours, an outermost centre having one neighbour alone (a single centre: the edges), held between
 * range ÷ min(100, K + 1), K kernels with the prior's ("magic clip"), and the range.
 */
function kernelWidths(centres: Float64Array, { lowEdge, highEdge }: NumericScale): Float64Array {
  const count = centres.length
  const order = Array.from(centres.keys()).sort((a, b) => centres[a]! - centres[b]!)
  const sorted = order.map((index) => centres[index]!)
  const range = highEdge - lowEdge
  const least = range / Math.min(CLIP_MAX, count + 2)
  const widths = new Float64Array(count)
  for (const [rank, index] of order.entries()) {
    const below = sorted[rank]! - (sorted[rank - 1] ?? lowEdge)
    const above = (sorted[rank + 1] ?? highEdge) - sorted[rank]!
    const gap =
      count === 1 ? Math.max(below, above) : rank === 0 ? above : rank === count - 1 ? below : Math.max(below, above)
    widths[index] = Math.min(Math.max(gap, least), range)
  }
  return widths
}
