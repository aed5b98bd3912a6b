import { converter, type Instrument } from '../../../src/core/instrument.ts'
import type { OrderIntent } from '../../../src/core/order.ts'
import { epochMs, lots, ticks } from '../../../src/core/units.ts'
import { approve, type RiskState } from '../../../src/risk/approve.ts'
import { FRESH_GUARD, type Guard, stepGuard } from '../../../src/risk/guard.ts'
import type { RiskLimits } from '../../../src/risk/limits.ts'

/** One tick is 1, one lot is 0.01: at 1,000 ticks a lot is worth 10. */
const INSTRUMENT: Instrument = {
  symbol: 'X/USDT:USDT',
  venueSymbol: 'XUSDT',
  base: 'X',
  quote: 'USDT',
  settle: 'USDT',
  tickSize: '1',
  lotSize: '0.01',
  contractSize: '1',
  inverse: false,
  lotsMin: 2,
  lotsMax: 500,
  lotsMaxMarket: 100,
  notionalMin: 50,
  makerFeeRate: 0,
  takerFeeRate: 0.0005,
}

export const LIMITS: RiskLimits = {
  orderNotionalMaxQuote: 1_000,
  positionNotionalMaxQuote: 2_000,
  grossExposureMaxQuote: 3_000,
  leverageMax: 2,
  collarBpsMax: 50,
  referenceAgeMsMax: 500,
  messagesPerSecondMax: 10,
  messagesPerMinuteMax: 60,
  messageReserveFraction: 0.5,
  dailyLossMaxQuote: 100,
  drawdownMaxFraction: 0.2,
  executionsMax: 3,
  executionWindowMs: 1_000,
}

export const NOW = epochMs(1_000_000)
export const RICH: Guard = stepGuard(FRESH_GUARD, { kind: 'equity', at: NOW, equityQuote: 10_000 }, LIMITS)

export const intent = (fields: Partial<OrderIntent> = {}): OrderIntent => ({
  clientId: 'c',
  decisionId: 'd',
  symbol: INSTRUMENT.symbol,
  side: 'buy',
  lots: lots(10),
  type: 'limit',
  price: ticks(1_000),
  timeInForce: 'IOC',
  reduceOnly: false,
  createdAt: NOW,
  ...fields,
})

export const state = (fields: Partial<RiskState> = {}): RiskState => ({
  now: NOW,
  converter: converter(INSTRUMENT),
  guard: RICH,
  freezes: [],
  positionLots: 0,
  open: { buy: 0, sell: 0 },
  otherExposureQuote: 0,
  reference: { ticks: 1_000, at: NOW },
  ...fields,
})

/** `approved`, or the code of the refusal. */
export const judge = (
  order: Partial<OrderIntent>,
  world: Partial<RiskState> = {},
  limits: Partial<RiskLimits> = {},
): string => {
  const verdict = approve(intent(order), state(world), { ...LIMITS, ...limits })
  return verdict.kind === 'approved' ? 'approved' : verdict.code
}
