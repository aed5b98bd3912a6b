import { exponential, type Random } from '../../core/random.ts'

/** Self-exciting point process with exponential kernel: intensity `base + Σ branching × decay × e^(−decay × age)`, times in seconds. */
interface HawkesProcess {
  /** Arrival after the last one; ascending. */
  next(): number
}

/**
 * Exact simulation without thinning: Dassios and Zhao, "Exact simulation of Hawkes process with exponentially decaying intensity",
 * Electron. Commun. Probab. 18 (2013), algorithm 3.1. `base` arrivals per second at rest, `branching` < 1 offspring per arrival,
 * `decay` per second. Mean rate `base / (1 − branching)`.
 */
export function hawkesProcess(
  random: Random,
  base: number,
  branching: number,
  decay: number,
  startSeconds: number,
): HawkesProcess {
  let at = startSeconds
  let excess = (base * branching) / (1 - branching) // Its mean: starts near the stationary state.
  return {
    next() {
      const depletion = excess > 0 ? 1 + (decay * Math.log(1 - random())) / excess : 0
      const offspring = depletion > 0 ? -Math.log(depletion) / decay : Number.POSITIVE_INFINITY
      const wait = Math.min(offspring, exponential(random, base))
      at += wait
      excess = excess * Math.exp(-decay * wait) + branching * decay
      return at
    },
  }
}
