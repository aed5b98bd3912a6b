import { gainSign } from './contract.ts'
import type { Holding, Leg } from './holding.ts'
import { tierIndex } from './margin-tiers.ts'

/** Rounding of floats, as a fraction of the amounts that were added up. */
const FLOAT_SLACK = 1e-9

/** Balance above the maintenance margin in floats, and the amounts that went into it. */
interface Cushion {
  excess: number
  scale: number
}

function add(cushion: Cushion, { contract, markPrice, tiers }: Holding, { position, costNumber }: Leg): void {
  const { lots } = position
  const units = contract.lotValueNumber * Math.abs(lots)
  // Without a mark yet nothing is known: NaN is never safe.
  const price = markPrice ?? Number.NaN
  const value = contract.instrument.inverse ? units / price : units * price
  const { maintenanceRate, maintenanceDeduction } = tiers[tierIndex(tiers, value)]!
  cushion.excess += gainSign(contract, lots) * (value - costNumber) - value * maintenanceRate + maintenanceDeduction
  cushion.scale += value + costNumber + maintenanceDeduction
}

const isSafe = ({ excess, scale }: Cushion): boolean => excess > scale * FLOAT_SLACK

const cushionOf = (wallet: number): Cushion => ({ excess: wallet, scale: Math.abs(wallet) })

/**
 * Whether no position of a currency is near liquidation, in floats: every mark asks, and most of the time none is. False: look closely.
 */
export function isClearlySafe(currency: string, crossWallet: number, holdings: readonly Holding[]): boolean {
  const cross = cushionOf(crossWallet)
  let isHeld = false
  for (const holding of holdings) {
    if (holding.contract.instrument.settle !== currency) continue
    for (const leg of holding.legs) {
      if (leg.position.lots === 0) continue
      if (holding.marginType === 'cross') {
        isHeld = true
        add(cross, holding, leg)
        continue
      }
      const own = cushionOf(leg.isolatedNumber)
      add(own, holding, leg)
      if (!isSafe(own)) return false
    }
  }
  return !isHeld || isSafe(cross)
}
