import type { FreezeReason } from '../core/freeze-reason.ts'
import type { Converter } from '../core/instrument.ts'
import { type ApprovedOrder, isConditional, isProtective, type OrderIntent } from '../core/order.ts'
import { type EpochMs, signOf } from '../core/units.ts'
import { type Exposure, exposureOf, type OpenLots } from './exposure.ts'
import type { Guard } from './guard.ts'
import { firstLatch, type LatchName } from './latches.ts'
import type { RiskLimits } from './limits.ts'
import { collarBase, dearestTicks } from './order-price.ts'
import { hasLimit, shapeFault } from './order-shape.ts'
import { maySend } from './rate-limit.ts'

export type RefusalCode =
  | 'not-finite'
  | 'precision'
  | 'shape'
  | 'expiry'
  | 'symbol'
  | 'lots-min'
  | 'lots-max'
  | 'notional-min'
  | 'reduce-only-increases'
  | `latched-${LatchName}`
  | `frozen-${FreezeReason}`
  | 'no-reference'
  | 'old-reference'
  | 'collar'
  | 'message-rate'
  | 'order-value'
  | 'position'
  | 'gross-exposure'
  | 'equity'
  | 'leverage'

export type RiskVerdict =
  | { readonly kind: 'approved'; readonly order: ApprovedOrder }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly detail: string }

/** The world at the moment of the question. */
export interface RiskState {
  readonly now: EpochMs
  readonly converter: Converter
  readonly guard: Guard
  readonly freezes: readonly FreezeReason[]
  /** Held in this instrument, signed lots; in hedge mode of the side that the intent means. */
  readonly positionLots: number
  /**
   * Unfilled lots of every order that may still fill: open, on its way, unknown, intended. This intent's own excluded, and protective
   * orders: they take nothing from an exit.
   */
  readonly open: OpenLots
  /** Worst-case value of all other instruments together, quote currency, ≥ 0. */
  readonly otherExposureQuote: number
  /** Middle of the fresh book (or mark price), in ticks, fraction allowed, and when it was seen. */
  readonly reference?: { readonly ticks: number; readonly at: EpochMs } | undefined
}

interface Refusal {
  readonly code: RefusalCode
  readonly detail: string
}

/**
 * The only place that makes an `ApprovedOrder`. Every rule is asked as "is it within?", so that NaN is never within.
 *
 * An exit is reduce-only, on the closing side, and no larger than what is held less what other orders already close; a protective
 * one (stop, take-profit, trailing stop) may be as large as what is held, since the venue cuts it down when another was first. Exits
 * pass latches, freezes and value limits, do without a fresh reference and may use the message reserve: getting out must stay
 * possible.
 */
export function approve(intent: OrderIntent, state: RiskState, limits: RiskLimits): RiskVerdict {
  const refusal =
    malformed(intent, state, limits) ??
    untradable(intent, state) ??
    (intent.reduceOnly ? exitRefusal(intent, state, limits) : entryRefusal(intent, state, limits))
  if (refusal) return { kind: 'refused', ...refusal }
  return { kind: 'approved', order: intent as ApprovedOrder }
}

function malformed(intent: OrderIntent, state: RiskState, limits: RiskLimits): Refusal | undefined {
  const numbers: Record<string, number> = {
    lots: intent.lots,
    price: intent.price,
    createdAt: intent.createdAt,
    now: state.now,
    positionLots: state.positionLots,
    'open.buy': state.open.buy,
    'open.sell': state.open.sell,
    otherExposureQuote: state.otherExposureQuote,
    'reference.ticks': state.reference?.ticks ?? 0,
    'reference.at': state.reference?.at ?? 0,
    ...limits,
  }
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isFinite(value)) return { code: 'not-finite', detail: `${name} is ${value}` }
  }
  if (!(state.open.buy >= 0 && state.open.sell >= 0 && state.otherExposureQuote >= 0)) {
    return { code: 'not-finite', detail: 'open lots and other exposure must be at least 0' }
  }
  for (const name of ['lots', 'price'] as const) {
    if (!(Number.isSafeInteger(intent[name]) && intent[name] > 0)) {
      return { code: 'precision', detail: `${name} ${intent[name]} is no whole number of steps above 0` }
    }
  }
  if (intent.side !== 'buy' && intent.side !== 'sell')
    return { code: 'precision', detail: `side ${String(intent.side)}` }
  return shapeFault(intent, state.now)
}

function untradable(intent: OrderIntent, { converter }: RiskState): Refusal | undefined {
  const { symbol, lotsMin, lotsMax, lotsMaxMarket, notionalMin } = converter.instrument
  if (intent.symbol !== symbol) return { code: 'symbol', detail: `${intent.symbol} judged with figures of ${symbol}` }
  if (!(intent.lots >= lotsMin)) return { code: 'lots-min', detail: `${intent.lots} lots, at least ${lotsMin}` }
  const most = hasLimit(intent.type) ? lotsMax : Math.min(lotsMax, lotsMaxMarket)
  if (!(intent.lots <= most)) return { code: 'lots-max', detail: `${intent.lots} lots, at most ${most}` }
  const value = converter.notional(intent.price, intent.lots)
  if (!intent.reduceOnly && !(value >= notionalMin)) {
    return { code: 'notional-min', detail: `worth ${value}, at least ${notionalMin}` }
  }
  return undefined
}

function exitRefusal(intent: OrderIntent, state: RiskState, limits: RiskLimits): Refusal | undefined {
  const closing = isProtective(intent) ? 0 : state.open[intent.side]
  const closable = -signOf(intent.side) * state.positionLots - closing
  if (!(intent.lots <= closable)) {
    return {
      code: 'reduce-only-increases',
      detail: `${intent.side} ${intent.lots} lots, ${Math.max(0, closable)} to close`,
    }
  }
  const reference = referenceRefusal(intent, state, limits)
  if (reference?.code === 'collar') return reference
  return mayGo(state, limits, 'exit')
}

function entryRefusal(intent: OrderIntent, state: RiskState, limits: RiskLimits): Refusal | undefined {
  const latch = firstLatch(state.guard.latches)
  if (latch) return { code: `latched-${latch}`, detail: state.guard.latches[latch]?.detail ?? latch }
  const [frozen] = state.freezes
  if (frozen) return { code: `frozen-${frozen}`, detail: `entries frozen: ${state.freezes.join(', ')}` }
  return (
    referenceRefusal(intent, state, limits) ??
    exposureRefusal(exposureOf({ ...intent, price: dearestTicks(intent) }, state), state, limits) ??
    mayGo(state, limits, 'entry')
  )
}

function referenceRefusal(intent: OrderIntent, state: RiskState, limits: RiskLimits): Refusal | undefined {
  const { reference } = state
  if (!(reference && reference.ticks > 0)) return { code: 'no-reference', detail: 'no reference price' }
  const ageMs = state.now - reference.at
  if (!(Math.abs(ageMs) <= limits.referenceAgeMsMax)) {
    return { code: 'old-reference', detail: `reference price ${ageMs} ms old, at most ${limits.referenceAgeMsMax} ms` }
  }
  const baseTicks = collarBase(intent, reference.ticks)
  const worseTicks = signOf(intent.side) * (intent.price - baseTicks)
  // Multiplied out: dividing would round a price at the limit across it.
  if (worseTicks * 10_000 <= limits.collarBpsMax * baseTicks) return undefined
  const offBps = (worseTicks / baseTicks) * 10_000
  const base = isConditional(intent.type) ? 'trigger' : 'reference'
  return { code: 'collar', detail: `price ${offBps} bps worse than the ${base}, at most ${limits.collarBpsMax} bps` }
}

function exposureRefusal(exposure: Exposure, { guard }: RiskState, limits: RiskLimits): Refusal | undefined {
  const { orderQuote, positionQuote, grossQuote } = exposure
  const { orderNotionalMaxQuote, positionNotionalMaxQuote, grossExposureMaxQuote, leverageMax } = limits
  const refuse = (code: RefusalCode, value: number, most: number): Refusal => ({
    code,
    detail: `${value}, at most ${most}`,
  })
  if (!(orderQuote <= orderNotionalMaxQuote)) return refuse('order-value', orderQuote, orderNotionalMaxQuote)
  if (!(positionQuote <= positionNotionalMaxQuote)) return refuse('position', positionQuote, positionNotionalMaxQuote)
  if (!(grossQuote <= grossExposureMaxQuote)) return refuse('gross-exposure', grossQuote, grossExposureMaxQuote)
  const equityQuote = guard.equity?.lastQuote ?? Number.NaN
  if (!(equityQuote > 0)) return { code: 'equity', detail: `equity is ${equityQuote}; it must be known and above 0` }
  const leverage = grossQuote / equityQuote
  return leverage <= leverageMax ? undefined : refuse('leverage', leverage, leverageMax)
}

const mayGo = (state: RiskState, limits: RiskLimits, purpose: 'entry' | 'exit'): Refusal | undefined =>
  maySend(limits, state.guard.rate, state.now, purpose)
    ? undefined
    : {
        code: 'message-rate',
        detail: `at most ${limits.messagesPerSecondMax} a second and ${limits.messagesPerMinuteMax} a minute`,
      }
