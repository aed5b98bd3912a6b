import type Big from 'big.js'
import { check } from '../../core/check.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { AccountSettings, MarginType, PositionSide } from './account-settings.ts'
import { type Contract, contractOf, valueAt } from './contract.ts'
import { decimal, ZERO } from './decimal.ts'
import { type MarginTier, maintenanceOf, tierIndex } from './margin-tiers.ts'
import { FLAT, gainOf, type Position } from './position.ts'

/** One position: the net one, or in hedge mode the long or the short one. */
export interface Leg {
  /** Absent: the net position. */
  readonly side?: PositionSide
  position: Position
  /** Margin set apart for it, ≥ 0; 0 in cross mode. */
  isolatedWallet: Big
  /** Floats of the cost and of the isolated wallet, for quick checks. */
  costNumber: number
  isolatedNumber: number
}

/** An instrument in an account: how it is margined, its last mark, its positions. */
export interface Holding {
  readonly contract: Contract
  readonly tiers: readonly MarginTier[]
  readonly legs: readonly Leg[]
  leverage: number
  marginType: MarginType
  /** Quote currency; absent before the first mark. */
  markPrice: number | undefined
}

const leg = (side?: PositionSide): Leg => ({
  ...(side && { side }),
  position: FLAT,
  costNumber: 0,
  isolatedNumber: 0,
  isolatedWallet: ZERO,
})

export function holdingOf(instrument: Instrument, settings: AccountSettings): Holding {
  const { symbol } = instrument
  const leverage = settings.leverageOf(symbol)
  return {
    contract: contractOf(instrument),
    tiers: settings.tiersOf(symbol),
    legs: settings.positionMode === 'hedge' ? [leg('long'), leg('short')] : [leg()],
    leverage: check(Number.isFinite(leverage) && leverage >= 1, `leverage of ${symbol}`, leverage),
    marginType: settings.marginTypeOf(symbol),
    markPrice: undefined,
  }
}

export function legOf({ legs, contract }: Holding, side: PositionSide | undefined): Leg {
  const found = legs.find((each) => each.side === side)
  return check(found !== undefined, `position side of ${contract.instrument.symbol}`, found)!
}

/** A position that is not flat, with the instrument it is held in. */
export interface Stake {
  readonly holding: Holding
  readonly leg: Leg
}

export const stakesOf = (holding: Holding): readonly Stake[] =>
  holding.legs.filter(({ position }) => position.lots !== 0).map((each) => ({ holding, leg: each }))

/** Value at mark, settle currency, ≥ 0; at entry before the first mark. */
export function markValue({ holding, leg: { position } }: Stake): Big {
  const { markPrice, contract } = holding
  return markPrice === undefined ? position.cost : valueAt(contract, decimal(markPrice), position.lots)
}

export const unrealisedOf = (stake: Stake): Big =>
  gainOf(stake.holding.contract, stake.leg.position.lots, markValue(stake), stake.leg.position.cost)

export const stakeMaintenance = (stake: Stake): Big => maintenanceOf(stake.holding.tiers, markValue(stake))

/** The leverage that counts for a position of this value: never more than its tier allows. */
export const leverageAt = ({ tiers, leverage }: Holding, value: Big): number =>
  Math.min(leverage, tiers[tierIndex(tiers, value.toNumber())]!.leverageMax)
