/** Quotients of decimals miss whole numbers by this much at most. */
const SLACK = 1e-6

/** A price as a count of ticks, whole where it is but for the rounding of floats: 100.6 ÷ 0.1 is 1006. */
export function nearTicks(price: number, tickSize: number): number {
  const ticks = price / tickSize
  const whole = Math.round(ticks)
  return Math.abs(ticks - whole) < SLACK ? whole : ticks
}
