import { type Contract, gainSign } from './contract.ts'
import type { Holding, Leg } from './holding.ts'
import type { MarginClaim } from './initial-margin.ts'
import { tierIndex } from './margin-tiers.ts'

/** Rounding of floats, as a fraction of the amounts that were added up. */
const FLOAT_SLACK = 1e-9
/** Two amounts of money are rounded to their eighth decimal, see `money`. */
const ROUNDING = 1e-8

/** Balance above the maintenance margin in floats, and the amounts that went into it. */
interface Cushion {
  excess: number
  scale: number
}

function add(cushion: Cushion, { contract, markPrice, tiers }: Holding, { position, costNumber }: Leg): void {
  const { lots } = position
  // Without a mark yet nothing is known: NaN is never safe.
  const value = valueAt(contract, lots, markPrice ?? Number.NaN)
  const { maintenanceRate, maintenanceDeduction } = tiers[tierIndex(tiers, value)]!
  cushion.excess += gainSign(contract, lots) * (value - costNumber) - value * maintenanceRate + maintenanceDeduction
  cushion.scale += value + costNumber + maintenanceDeduction
}

function valueAt({ lotValueNumber, instrument }: Contract, lots: number, price: number): number {
  const units = lotValueNumber * Math.abs(lots)
  return instrument.inverse ? units / price : units * price
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

/**
 * Whether wallet and unrealised profit cover the initial margin of all positions and `claims` of a currency, in floats (exact:
 * `freeMargin`): every order asks, and most are small against the account. False: look closely.
 */
export function isClearlyCovered(
  currency: string,
  crossWallet: number,
  holdings: readonly Holding[],
  claims: readonly MarginClaim[],
): boolean {
  const cushion = cushionOf(crossWallet)
  for (const holding of holdings) {
    if (holding.contract.instrument.settle !== currency) continue
    for (const leg of holding.legs) claim(cushion, holding, leg, claims)
  }
  cushion.excess -= ROUNDING
  return isSafe(cushion)
}

function claim(
  cushion: Cushion,
  holding: Holding,
  { side, position, costNumber }: Leg,
  claims: readonly MarginClaim[],
): void {
  const { contract, tiers, marginType, leverage, markPrice } = holding
  let [buys, sells] = [0, 0]
  for (const { symbol, positionSide, side: way, value } of claims) {
    if (symbol !== contract.instrument.symbol || positionSide !== side) continue
    if (way === 'buy') buys += value.toNumber()
    else sells += value.toNumber()
  }
  const { lots } = position
  if (lots === 0 && buys === 0 && sells === 0) return
  const held = lots === 0 ? 0 : valueAt(contract, lots, markPrice ?? Number.NaN)
  const signed = lots < 0 ? -held : held
  const opening = side === 'long' ? buys : sells
  const reached = side ? held + opening : Math.max(Math.abs(signed + buys), Math.abs(signed - sells))
  // Just past the end of a tier counts as past it.
  const { leverageMax } = tiers[tierIndex(tiers, reached * (1 + FLOAT_SLACK))]!
  const isCross = marginType === 'cross'
  cushion.excess -= (isCross ? reached : reached - held) / Math.min(leverage, leverageMax)
  if (isCross) cushion.excess += gainSign(contract, lots) * (held - costNumber)
  cushion.scale += reached + held + costNumber
}
