import { check } from '../core/check.ts'
import type { Converter } from '../core/instrument.ts'
import { type Forecast, isForecast, type NoForecast } from '../inference/forecast.ts'
import type { AbstainReason, Target } from './decision.ts'
import type { PolicySettings } from './policy-settings.ts'
import { expectedBps, isTradable, isUsable, lotsCap, lotsToEnter, oneWayCostBps, type Quote } from './position-size.ts'

/** All that the policy knows of one instrument at one bar close. */
export interface PolicyInputs {
  readonly converter: Converter
  /** Absent when the model was not asked. */
  readonly forecast?: Forecast | NoForecast | undefined
  /** The feature window is full of ready, untainted rows. */
  readonly windowReady: boolean
  /** The bar that closed is tainted. */
  readonly tainted: boolean
  /** The market data are too old to trade on. */
  readonly stale: boolean
  readonly modelExpired: boolean
  /** Closed bars in a row without a usable forecast, this one included; 0 when this one has one. One with `abstain` has none. */
  readonly blindBars: number
  /** Held now, signed. */
  readonly positionLots: number
  /** Wallet and unrealised profit, quote currency. */
  readonly equityQuote: number
  /** Best quotes in ticks; `NaN` while the book is void. */
  readonly bidTicks: number
  readonly askTicks: number
  /** What oversight of the model leaves of sizes, 0 to 1. Absent: 1. */
  readonly sizeFactor?: number | undefined
  /** Oversight of the model does not stand by this forecast. */
  readonly abstain?: 'drift' | 'outlier' | 'calibration' | undefined
}

/**
 * What to hold after this bar. Pure: the same inputs give the same target, bit for bit.
 *
 * `edgeBps` is the expected return in the direction of the forecast before cost, `costBps` the cost it is measured against: entering,
 * enlarging and reversing pay for a round trip, leaving pays one way (and is decided without it: a position must be left some day).
 * Opens and enlarges when edge − cost ≥ `enterEdgeBps`; holds while the forecast in the position's direction is at least
 * `exitForecastBps`; shrinks what volatility or the caps have made too large. Changes inside the band or too small for the venue are
 * left alone (`inside-band`). A position whose model has expired, or that went `blindBarsMax` bars unwatched, is closed.
 * `sizeFactor` multiplies the cap and the Kelly size: what is held above the smaller cap is shrunk as when volatility rises, and at 0
 * nothing is opened and what is held is closed. `abstain` leaves the position as a bar without a forecast does.
 */
export function decide(inputs: PolicyInputs, settings: PolicySettings): Target {
  check(Number.isSafeInteger(inputs.positionLots), 'PolicyInputs.positionLots', inputs.positionLots)
  check(Number.isFinite(inputs.equityQuote), 'PolicyInputs.equityQuote', inputs.equityQuote)
  const { sizeFactor = 1 } = inputs
  check(sizeFactor >= 0 && sizeFactor <= 1, 'PolicyInputs.sizeFactor', sizeFactor)
  if (inputs.stale || !isUsable(inputs)) return abstain('stale')
  const oneWayBps = oneWayCostBps(inputs.converter, inputs, settings.slippageBps)
  const sight = look(inputs, settings)
  if (typeof sight === 'string') {
    const unwatched = sight === 'model-expired' || inputs.blindBars >= settings.blindBarsMax
    return unwatched && inputs.positionLots !== 0 ? exit(0, oneWayBps) : abstain(sight)
  }
  return choose(inputs, sight, oneWayBps, settings)
}

interface Sight {
  /** Signed. */
  readonly expectedBps: number
  readonly volatilityBps: number
}

function look(inputs: PolicyInputs, settings: PolicySettings): Sight | AbstainReason {
  if (inputs.modelExpired) return 'model-expired'
  if (inputs.tainted) return 'tainted'
  if (!inputs.windowReady) return 'warm-up'
  if (inputs.forecast === undefined || !isForecast(inputs.forecast)) return 'no-forecast'
  const expected = expectedBps(inputs.forecast, settings.expectation)
  if (!Number.isFinite(expected)) return 'no-forecast'
  if (inputs.abstain !== undefined) return inputs.abstain
  return { expectedBps: expected, volatilityBps: inputs.forecast.volatilityBps }
}

function choose(inputs: PolicyInputs, sight: Sight, oneWayBps: number, settings: PolicySettings): Target {
  const { converter, positionLots } = inputs
  const quote: Quote = inputs
  const edgeBps = Math.abs(sight.expectedBps)
  const costBps = 2 * oneWayBps
  const direction = Math.sign(sight.expectedBps)
  const held = Math.abs(positionLots)
  const { equityQuote, sizeFactor = 1 } = inputs
  const sizing = { converter, quote, equityQuote, volatilityBps: sight.volatilityBps, sizeFactor }
  const enters = edgeBps - costBps >= settings.enterEdgeBps && edgeBps > costBps
  const wanted = enters ? lotsToEnter(sizing, edgeBps - costBps, settings) : 0

  if (held === 0) {
    if (!enters) return abstain('edge-below-cost', edgeBps, costBps)
    if (!isTradable(converter, wanted, quote)) return abstain('inside-band', edgeBps, costBps)
    return { kind: 'target', lots: direction * wanted, edgeBps, costBps, reason: 'enter' }
  }

  const side = Math.sign(positionLots)
  if (side * sight.expectedBps < settings.exitForecastBps) {
    if (enters && direction !== side && isTradable(converter, wanted, quote)) {
      return { kind: 'target', lots: direction * wanted, edgeBps, costBps, reason: 'reverse' }
    }
    return exit(edgeBps, oneWayBps)
  }
  const cap = lotsCap(sizing, settings)
  if (held > cap) {
    if (!isTradable(converter, cap, quote)) return exit(edgeBps, oneWayBps)
    if (held - cap <= settings.bandFraction * held) return abstain('inside-band', edgeBps, oneWayBps)
    return { kind: 'target', lots: side * cap, edgeBps, costBps: oneWayBps, reason: 'reduce' }
  }
  // An adverse forecast that is merely tolerated, or a wish below what is held, changes nothing: it would only churn.
  if (direction !== side || wanted <= held) {
    return { kind: 'target', lots: positionLots, edgeBps, costBps: oneWayBps, reason: 'hold' }
  }
  const change = wanted - held
  if (change <= settings.bandFraction * wanted || !isTradable(converter, change, quote)) {
    return abstain('inside-band', edgeBps, costBps)
  }
  return { kind: 'target', lots: side * wanted, edgeBps, costBps, reason: 'enter' }
}

const abstain = (reason: AbstainReason, edgeBps = 0, costBps = 0): Target => ({
  kind: 'abstain',
  reason,
  edgeBps,
  costBps,
})

const exit = (edgeBps: number, costBps: number): Target => ({
  kind: 'target',
  lots: 0,
  edgeBps,
  costBps,
  reason: 'exit',
})
