import { exponential, normal, type Random } from '../../core/random.ts'

/** News per second: the fair price stands still between. The touch queues live between news, so that order flow can be read. */
const NEWS_RATE = 1.2
/** Seconds over which `alpha` is defined. */
const HORIZON_SECONDS = 5
/**
 * Variance of the integral of the standardised flow pressure over the horizon, seconds²; at most 25. Measured on the generator
 * (`alpha` 0, demo markets); turns `alpha` into the drift's size.
 */
const PRESSURE_INTEGRAL_VARIANCE = 18
const BPS = 1e-4

interface FairPriceSettings {
  readonly startPriceTicks: number
  /** Basis points per √second. */
  readonly volatilityBps: number
  readonly alpha: number
  /** From then on flow drives the price the other way, seconds; absent: never. */
  readonly alphaFlipSeconds?: number | undefined
}

/** Latent value, in ticks: what the crowd quotes around once it has noticed. */
interface FairPrice {
  ticks(): number
  /** Time of the next news, seconds. */
  nextAt(): number
  /** Applies the news due; `pressureSeconds`: integral of the flow pressure since the last. */
  news(pressureSeconds: number): void
}

/**
 * Compound Poisson log-price. The share `1 − alpha` of its variance over five seconds is noise, the share `alpha` the drift that order
 * flow built up, paid out at each piece of news; total variance per second is `volatilityBps²`. With `alpha` 0 it is a martingale
 * independent of the flow. Mirrored at a third and three times the start, so that a long run keeps prices within bounds.
 */
export function fairPrice(settings: FairPriceSettings, random: Random, startSeconds: number): FairPrice {
  const { volatilityBps, alpha, alphaFlipSeconds = Number.POSITIVE_INFINITY, startPriceTicks } = settings
  const noise = volatilityBps * BPS * Math.sqrt((1 - alpha) / NEWS_RATE)
  const drift = volatilityBps * BPS * Math.sqrt((alpha * HORIZON_SECONDS) / PRESSURE_INTEGRAL_VARIANCE)
  const bound = Math.log(3)
  let log = 0
  let at = startSeconds + exponential(random, NEWS_RATE)
  return {
    ticks: () => startPriceTicks * Math.exp(log),
    nextAt: () => at,
    news(pressureSeconds) {
      log += noise * normal(random) + (at < alphaFlipSeconds ? drift : -drift) * pressureSeconds
      if (Math.abs(log) > bound) log = Math.sign(log) * 2 * bound - log
      at += exponential(random, NEWS_RATE)
    },
  }
}
