import type { Converter } from '../core/instrument.ts'
import type { Forecast } from '../inference/forecast.ts'
import type { PolicySettings } from './policy-settings.ts'

const BPS = 10_000
/** The mark and the order's limit may stand a little below the bid at which we measure. */
const NOTIONAL_MIN_HEADROOM = 1.01

/** Quote as the policy sees it, ticks; `valid` only when both are finite and ask > bid > 0. */
export interface Quote {
  readonly bidTicks: number
  readonly askTicks: number
}

export const isUsable = ({ bidTicks, askTicks }: Quote): boolean =>
  Number.isFinite(bidTicks) && Number.isFinite(askTicks) && bidTicks > 0 && askTicks > bidTicks

/** Taker fee, half the spread and slippage: what one crossing of the market costs, bps. */
export function oneWayCostBps(converter: Converter, { bidTicks, askTicks }: Quote, slippageBps: number): number {
  const halfSpreadBps = ((askTicks - bidTicks) / (askTicks + bidTicks)) * BPS
  return converter.instrument.takerFeeRate * BPS + halfSpreadBps + slippageBps
}

const wholeLots = (converter: Converter, notionalQuote: number, { bidTicks, askTicks }: Quote): number => {
  const perLot = converter.notional((bidTicks + askTicks) / 2, 1)
  return Math.max(0, Math.min(Math.floor(notionalQuote / perLot), converter.instrument.lotsMax))
}

interface SizeInputs {
  readonly converter: Converter
  readonly quote: Quote
  readonly equityQuote: number
  readonly volatilityBps: number
  /** Multiplies both sizes, 0 to 1. */
  readonly sizeFactor: number
}

/** Most that may be held, lots ≥ 0: `riskPerTradeBps` of equity at one standard deviation, the notional cap, the venue's limit. */
export function lotsCap(
  { converter, quote, equityQuote, volatilityBps, sizeFactor }: SizeInputs,
  settings: PolicySettings,
): number {
  const scaled = (Math.max(0, equityQuote) * settings.riskPerTradeBps) / volatilityBps
  return wholeLots(converter, sizeFactor * Math.min(scaled, settings.notionalMaxQuote), quote)
}

/** Lots to open with, ≥ 0: the cap, or the fractional-Kelly size f · μ/σ² of equity (Kelly 1956, Gaussian limit) when smaller. */
export function lotsToEnter(inputs: SizeInputs, netEdgeBps: number, settings: PolicySettings): number {
  const { converter, quote, equityQuote, volatilityBps, sizeFactor } = inputs
  const kelly = settings.kellyFraction * Math.max(0, equityQuote) * ((netEdgeBps * BPS) / volatilityBps ** 2)
  return Math.min(lotsCap(inputs, settings), wholeLots(converter, sizeFactor * Math.max(0, kelly), quote))
}

/** Whether the venue takes an order of so many lots that does not only reduce. */
export function isTradable(converter: Converter, lots: number, { bidTicks }: Quote): boolean {
  const { lotsMin, notionalMin } = converter.instrument
  return lots > 0 && lots >= lotsMin && converter.notional(bidTicks, lots) >= notionalMin * NOTIONAL_MIN_HEADROOM
}

/** The expected return that the settings choose, bps; `NaN` when the forecast has no such figure or makes no sense. */
export function expectedBps(forecast: Forecast, expectation: PolicySettings['expectation']): number {
  if (!(Number.isFinite(forecast.volatilityBps) && forecast.volatilityBps > 0)) return Number.NaN
  if (expectation === 'mean') return forecast.meanBps
  return forecast.quantilesBps[forecast.levels.indexOf(0.5)] ?? Number.NaN
}
