import type Big from 'big.js'
import { InputError } from '../../core/errors.ts'
import { Decimal, decimal } from './decimal.ts'

/** One bracket of a venue's leverage and margin table. Values in the settle currency: quote (linear) or base (inverse). */
export interface MarginTier {
  /** Greatest position value of the tier, inclusive. */
  readonly notionalMax: number
  /** Fraction of the position's value. */
  readonly maintenanceRate: number
  /** Taken off, so that the maintenance margin has no step between tiers ("maintenance amount", `cum` on Binance). */
  readonly maintenanceDeduction: number
  readonly leverageMax: number
}

/** One tier for any value: Binance's first of BTCUSDT. */
export const SINGLE_TIER: readonly MarginTier[] = [
  { notionalMax: Number.POSITIVE_INFINITY, maintenanceRate: 0.004, maintenanceDeduction: 0, leverageMax: 125 },
]

type TierRow = Omit<MarginTier, 'maintenanceDeduction'> & { readonly maintenanceDeduction?: number }

/**
 * Checks a table and derives the deductions that it does not give: floor of the tier × (its rate − the rate before) + the deduction
 * before ("How to Calculate Liquidation Price of USDⓈ-M Futures Contracts", Binance FAQ). Throws `InputError`.
 */
export function marginTiers(rows: readonly TierRow[], of = 'margin tiers'): readonly MarginTier[] {
  if (rows.length === 0) throw new InputError(`${of}: there was no tier; at least one must be given`, { of })
  const tiers: MarginTier[] = []
  for (const [index, row] of rows.entries()) {
    const before = tiers.at(-1)
    const floor = before?.notionalMax ?? 0
    const rate = before?.maintenanceRate ?? 0
    const rules: readonly (readonly [keyof TierRow, boolean, string])[] = [
      ['notionalMax', row.notionalMax > floor, `above ${floor}`],
      ['maintenanceRate', row.maintenanceRate > rate && row.maintenanceRate < 1, `above ${rate} and below 1`],
      ['leverageMax', row.leverageMax >= 1 && row.leverageMax <= (before?.leverageMax ?? 1000), 'from 1, not rising'],
    ]
    for (const [key, ok, rule] of rules) {
      if (!ok) throw new InputError(`${of}: ${key} of tier ${index + 1} was ${row[key]}; it must be ${rule}`, { key })
    }
    const derived = decimal(row.maintenanceRate).minus(String(rate)).times(String(floor)).toNumber()
    const maintenanceDeduction = row.maintenanceDeduction ?? (before ? derived + before.maintenanceDeduction : 0)
    tiers.push({ ...row, maintenanceDeduction })
  }
  return tiers
}

/** Index of the tier that a position value falls into; the last one for what is beyond the table. */
export function tierIndex(tiers: readonly MarginTier[], value: number): number {
  const index = tiers.findIndex(({ notionalMax }) => value <= notionalMax)
  return index < 0 ? tiers.length - 1 : index
}

/** Below this much margin a position of this value is liquidated. */
export function maintenanceOf(tiers: readonly MarginTier[], value: Big): Big {
  const tier = tiers[tierIndex(tiers, value.toNumber())]!
  return value.times(String(tier.maintenanceRate)).minus(new Decimal(String(tier.maintenanceDeduction)))
}
