import type { PricePath } from './price-path.ts'

/**
 * Volatility of one bar at the close of each row, basis points: the root of the exponentially weighted mean of the squared returns up to
 * it, none after it. Returns over a gap are left out. NaN before `halfLifeBars` returns have been seen.
 */
export function barVolatilitiesBps({ logsBps, reach }: PricePath, halfLifeBars: number): Float64Array {
  const decay = 0.5 ** (1 / halfLifeBars)
  const volatilities = new Float64Array(logsBps.length)
  let [squares, weight, seen] = [0, 0, 0]
  for (let row = 0; row < logsBps.length; row += 1) {
    if (row > 0 && reach[row - 1]! >= row) {
      squares = decay * squares + (logsBps[row]! - logsBps[row - 1]!) ** 2
      weight = decay * weight + 1
      seen += 1
    }
    volatilities[row] = seen >= halfLifeBars ? Math.sqrt(squares / weight) : Number.NaN
  }
  return volatilities
}
