/** Time scale of the pressure's memory, seconds. */
const PRESSURE_MEMORY_SECONDS = 3
/** Time scale over which its own variance is learnt, seconds. */
const SCALE_MEMORY_SECONDS = 120
/** Pressure beyond this many standard deviations moves the price no faster. */
const PRESSURE_MAX = 3

/**
 * Recent signed order-flow imbalance at the best quotes: an exponential average of the e_n (Cont, Kukanov, Stoikov 2014 §2) of the
 * orders that came of their own accord, the quotes' reaction to a moved price left out. In standard deviations, clipped.
 */
interface FlowPressure {
  add(imbalanceLots: number, atSeconds: number): void
  /** Time integral of the clipped, standardised pressure since the last call, seconds. */
  takeIntegral(atSeconds: number): number
}

export function flowPressure(startSeconds: number): FlowPressure {
  let raw = 0
  let variance = 0
  let weight = 0
  let at = startSeconds
  let integral = 0

  function moveTo(seconds: number): void {
    const elapsed = seconds - at
    if (elapsed <= 0) return
    const deviation = variance > 0 ? Math.sqrt(variance / weight) : 0
    const standard = deviation > 0 ? Math.max(-PRESSURE_MAX, Math.min(PRESSURE_MAX, raw / deviation)) : 0
    const kept = Math.exp(-elapsed / PRESSURE_MEMORY_SECONDS)
    integral += standard * PRESSURE_MEMORY_SECONDS * (1 - kept)
    const learnt = 1 - Math.exp(-elapsed / SCALE_MEMORY_SECONDS)
    variance += learnt * (raw * raw - variance)
    weight += learnt * (1 - weight) // Undoes the start at zero (Kingma and Ba 2015, §3).
    raw *= kept
    at = seconds
  }

  return {
    add(imbalanceLots, atSeconds) {
      moveTo(atSeconds)
      raw += imbalanceLots
    },
    takeIntegral(atSeconds) {
      moveTo(atSeconds)
      const taken = integral
      integral = 0
      return taken
    },
  }
}
