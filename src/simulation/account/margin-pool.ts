import type Big from 'big.js'
import { ZERO } from './decimal.ts'
import { type Stake, stakeMaintenance, unrealisedOf } from './holding.ts'

/** Positions that answer for each other with one wallet: all cross ones of a currency, or a single isolated one. */
export interface MarginPool {
  readonly wallet: Big
  readonly stakes: readonly Stake[]
}

/** Wallet plus unrealised profit at mark. */
export const poolBalance = ({ wallet, stakes }: MarginPool): Big =>
  stakes.reduce((total, stake) => total.plus(unrealisedOf(stake)), wallet)

export const poolMaintenance = ({ stakes }: MarginPool): Big =>
  stakes.reduce((total, stake) => total.plus(stakeMaintenance(stake)), ZERO)

/** Whether the balance has fallen below the maintenance margin. */
export const isDue = (pool: MarginPool): boolean =>
  pool.stakes.length > 0 && poolBalance(pool).lt(poolMaintenance(pool))
