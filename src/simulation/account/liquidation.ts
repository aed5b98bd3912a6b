import Big from 'big.js'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { Side } from '../../core/units.ts'
import type { PositionSide } from './account-settings.ts'
import { gainSign, valueAt } from './contract.ts'
import { Decimal } from './decimal.ts'
import { markValue, type Stake, stakeMaintenance } from './holding.ts'
import { type MarginPool, poolBalance } from './margin-pool.ts'
import { tierIndex } from './margin-tiers.ts'

/** What the venue must close now: an IOC order at the bankruptcy price; what the book will not take it takes over at that price. */
export interface Liquidation {
  readonly symbol: InstrumentSymbol
  /** In hedge mode. */
  readonly positionSide?: PositionSide
  /** Of the closing order. */
  readonly side: Side
  /** > 0. */
  readonly lots: number
  /** Price at which the whole position closes with nothing left, rounded in the account's favour; at least 1. */
  readonly bankruptcyTicks: number
}

/**
 * All of a position in the first margin tier; otherwise as much as brings it into the tier below, after which the pool is looked at
 * anew (Binance's "smart liquidation", Bybit's partial liquidation by risk limit).
 */
function lotsToClose({ holding, leg: { position } }: Stake, value: Big): number {
  const held = Math.abs(position.lots)
  const index = tierIndex(holding.tiers, value.toNumber())
  if (index === 0) return held
  const kept = value.eq(0) ? 0 : Math.floor((holding.tiers[index - 1]!.notionalMax / value.toNumber()) * held)
  return Math.max(1, held - kept)
}

/** In ticks; the other positions of the pool stand at mark. */
function bankruptcyTicks(pool: MarginPool, stake: Stake): number {
  const { contract } = stake.holding
  const { lots } = stake.leg.position
  const units = contract.lotValue.times(Math.abs(lots))
  const lossRoom = poolBalance(pool).times(gainSign(contract, lots)).div(units)
  const mark = markValue(stake).div(units)
  const broke = mark.minus(lossRoom)
  // An inverse short cannot lose more than its value: then any price will do.
  if (broke.lte(0)) return contract.instrument.inverse ? Number.MAX_SAFE_INTEGER : 1
  const price = contract.instrument.inverse ? new Decimal(1).div(broke) : broke
  const ticks = price.div(contract.tickSize).round(0, lots > 0 ? Big.roundUp : Big.roundDown)
  return Math.max(1, Math.min(ticks.toNumber(), Number.MAX_SAFE_INTEGER))
}

/** The next position of a pool that is due to go: the one that needs the most margin. */
export function nextLiquidation(pool: MarginPool): Liquidation {
  const [first, ...rest] = pool.stakes
  const stake = rest.reduce(
    (worst, each) => (stakeMaintenance(each).gt(stakeMaintenance(worst)) ? each : worst),
    first!,
  )
  const { holding, leg } = stake
  return {
    symbol: holding.contract.instrument.symbol,
    ...(leg.side && { positionSide: leg.side }),
    side: leg.position.lots > 0 ? 'sell' : 'buy',
    lots: lotsToClose(stake, markValue(stake)),
    bankruptcyTicks: bankruptcyTicks(pool, stake),
  }
}

/** What would be left of the pool, were what remains of the position closed at the bankruptcy price. */
export function leftAt(pool: MarginPool, stake: Stake, ticks: number): Big {
  const { contract } = stake.holding
  const { lots } = stake.leg.position
  const balance = poolBalance(pool)
  if (lots === 0) return balance
  const broke = valueAt(contract, contract.tickSize.times(ticks), lots)
  return balance.plus(broke.minus(markValue(stake)).times(gainSign(contract, lots)))
}
