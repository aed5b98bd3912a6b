/**
 * How fast size builds up away from the mid, size per tick: least squares through the origin of the size within a distance on that distance,
 * Σ d_m C_m ÷ Σ d_m², d_m = |price_m − mid|, C_m = Σ_{l ≤ m} size_l. One side, best level first; a level without a price (not finite) ends
 * it. Ours, after the order-book slope of Næs and Skjeltorp, "Order book characteristics and the volume–volatility relation", Journal
 * of Financial Markets 9(4), 2006. `NaN` for an empty side.
 */
export function depthSlope(midTicks: number, priceTicks: readonly number[], sizes: readonly number[]): number {
  let within = 0
  let products = 0
  let squares = 0
  for (let level = 0; level < priceTicks.length; level += 1) {
    const distance = Math.abs(priceTicks[level]! - midTicks)
    if (!Number.isFinite(distance)) break
    within += sizes[level]!
    products += distance * within
    squares += distance * distance
  }
  return squares > 0 ? products / squares : Number.NaN
}
