import type { OrderIntent, OrderType, Trigger } from '../core/order.ts'
import { type EpochMs, signOf, type Ticks } from '../core/units.ts'

/** Largest distance of a trailing stop, basis points (10 %, as Binance allows). */
const CALLBACK_BPS_MAX = 1_000

export interface ShapeFault {
  readonly code: 'precision' | 'shape' | 'expiry'
  readonly detail: string
}

interface TypeShape {
  /** Goes into the book as a limit order. */
  readonly limit: boolean
  readonly needs?: 'trigger' | 'trailing'
}

const SHAPES: Readonly<Record<OrderType, TypeShape>> = {
  limit: { limit: true },
  market: { limit: false },
  'stop-market': { limit: false, needs: 'trigger' },
  'stop-limit': { limit: true, needs: 'trigger' },
  'take-profit-market': { limit: false, needs: 'trigger' },
  'take-profit-limit': { limit: true, needs: 'trigger' },
  'trailing-stop': { limit: false, needs: 'trailing' },
}

const TIMES_IN_FORCE: ReadonlySet<string> = new Set(['GTC', 'IOC', 'FOK', 'GTX', 'GTD'])

export const hasLimit = (type: OrderType): boolean => SHAPES[type].limit

/** Which fields belong to which type of order, and what they may be. An intent that comes from elsewhere may hold anything. */
export const shapeFault = (intent: OrderIntent, now: EpochMs): ShapeFault | undefined =>
  typeFault(intent) ??
  lifetimeFault(intent, now) ??
  triggerFault(intent) ??
  trailingFault(intent) ??
  protectionFault(intent) ??
  positionSideFault(intent)

const shape = (detail: string): ShapeFault => ({ code: 'shape', detail })

function typeFault(intent: OrderIntent): ShapeFault | undefined {
  const { type, timeInForce } = intent
  if (!Object.hasOwn(SHAPES, type)) return shape(`type ${String(type)} is none`)
  if (!TIMES_IN_FORCE.has(timeInForce)) return shape(`timeInForce ${String(timeInForce)} is none`)
  for (const field of ['trigger', 'trailing'] as const) {
    const isThere = intent[field] !== undefined
    const isNeeded = SHAPES[type].needs === field
    if (isThere !== isNeeded) return shape(`${type} ${isNeeded ? 'needs' : 'has no'} ${field}`)
  }
  if (timeInForce === 'GTX' && !SHAPES[type].limit) return shape(`${type} cannot be post-only (GTX): it has no limit`)
  return undefined
}

function lifetimeFault({ type, timeInForce, expiresAt }: OrderIntent, now: EpochMs): ShapeFault | undefined {
  if (timeInForce !== 'GTD')
    return expiresAt === undefined ? undefined : shape(`expiresAt is of GTD, not ${timeInForce}`)
  if (type === 'market') return shape('market cannot be GTD: it never waits')
  if (expiresAt === undefined) return { code: 'expiry', detail: 'GTD needs expiresAt' }
  if (Number.isFinite(expiresAt) && expiresAt > now) return undefined
  return { code: 'expiry', detail: `expiresAt ${expiresAt} is not after ${now}` }
}

const priceFault = (name: string, ticks: Ticks): ShapeFault | undefined =>
  Number.isSafeInteger(ticks) && ticks > 0
    ? undefined
    : { code: 'precision', detail: `${name} ${ticks} is no whole number of steps above 0` }

const watchFault = (name: string, by: Trigger['by']): ShapeFault | undefined =>
  by === 'last' || by === 'mark' ? undefined : shape(`${name} watches ${String(by)}: last or mark`)

const oneTriggerFault = (name: string, trigger: Trigger | undefined): ShapeFault | undefined =>
  trigger && (priceFault(`${name}.ticks`, trigger.ticks) ?? watchFault(name, trigger.by))

const triggerFault = ({ trigger }: OrderIntent): ShapeFault | undefined => oneTriggerFault('trigger', trigger)

function trailingFault({ trailing }: OrderIntent): ShapeFault | undefined {
  if (!trailing) return undefined
  const { callbackBps, activationTicks, by } = trailing
  if (!(callbackBps > 0 && callbackBps <= CALLBACK_BPS_MAX)) {
    return shape(`trailing.callbackBps ${callbackBps}: above 0, at most ${CALLBACK_BPS_MAX}`)
  }
  const activation = activationTicks === undefined ? undefined : priceFault('trailing.activationTicks', activationTicks)
  return activation ?? watchFault('trailing', by)
}

function protectionFault({ protection, reduceOnly, side, price }: OrderIntent): ShapeFault | undefined {
  if (!protection) return undefined
  const { stopLoss, takeProfit } = protection
  if (reduceOnly) return shape('protection belongs to an entry; this order is reduce-only')
  if (!stopLoss && !takeProfit) return shape('protection needs stopLoss or takeProfit')
  const fault = oneTriggerFault('protection.stopLoss', stopLoss) ?? oneTriggerFault('protection.takeProfit', takeProfit)
  if (fault) return fault
  const up = signOf(side)
  if (stopLoss && !(up * stopLoss.ticks < up * price)) {
    return shape(`protection.stopLoss ${stopLoss.ticks} is not on the losing side of the price ${price}`)
  }
  // Against the stop, not the price: a limit that crosses fills better than it says.
  if (stopLoss && takeProfit && !(up * takeProfit.ticks > up * stopLoss.ticks)) {
    return shape(`protection.takeProfit ${takeProfit.ticks} is not on the winning side of stopLoss ${stopLoss.ticks}`)
  }
  return undefined
}

/** In hedge mode the side says whether an order closes: buying long opens, buying short closes. */
function positionSideFault({ positionSide, side, reduceOnly }: OrderIntent): ShapeFault | undefined {
  if (positionSide === undefined) return undefined
  if (positionSide !== 'long' && positionSide !== 'short') return shape(`positionSide ${String(positionSide)} is none`)
  const closes = (positionSide === 'long') === (side === 'sell')
  return closes === reduceOnly
    ? undefined
    : shape(`${side} of ${positionSide} ${closes ? 'closes' : 'opens'}: reduceOnly must be ${closes}`)
}
