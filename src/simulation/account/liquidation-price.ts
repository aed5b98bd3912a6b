import type Big from 'big.js'
import { gainSign } from './contract.ts'
import { Decimal, decimal, ZERO } from './decimal.ts'
import type { Holding, Stake } from './holding.ts'
import { type MarginPool, poolBalance, poolMaintenance } from './margin-pool.ts'
import { type MarginTier, tierIndex } from './margin-tiers.ts'

/** A position as the formula sees it: worth `units` × x, where x is the price (linear) or its inverse. */
interface Line {
  readonly units: Big
  readonly sign: 1 | -1
  readonly cost: Big
  readonly tiers: readonly MarginTier[]
}

const lineOf = ({ holding: { contract, tiers }, leg: { position } }: Stake): Line => ({
  units: contract.lotValue.times(Math.abs(position.lots)),
  sign: gainSign(contract, position.lots),
  cost: position.cost,
  tiers,
})

/** Solves wallet + Σ sign (units x − cost) = Σ (rate units x − deduction) for x. */
function solve(wallet: Big, lines: readonly Line[], tiers: readonly MarginTier[]): Big | undefined {
  let constant = wallet
  let slope = ZERO
  for (const [index, { units, sign, cost }] of lines.entries()) {
    const { maintenanceRate, maintenanceDeduction } = tiers[index]!
    constant = constant.minus(cost.times(sign)).plus(String(maintenanceDeduction))
    slope = slope.plus(units.times(decimal(maintenanceRate).minus(sign)))
  }
  if (slope.eq(0)) return undefined
  const x = constant.div(slope)
  return x.gt(0) ? x : undefined
}

/** Of `solve` in floats, as a fraction. */
const ROUGH = 1e-6

/** Which tiers a lone line may be in, by floats: exact division is slow, and nearly all are far off. */
function roughTiers(wallet: Big, { sign, cost, tiers }: Line): readonly MarginTier[] {
  const [value, paid] = [wallet.toNumber(), cost.toNumber() * sign]
  return tiers.filter(({ maintenanceRate, maintenanceDeduction }, own) => {
    const notional = (value - paid + maintenanceDeduction) / (maintenanceRate - sign)
    const from = tierIndex(tiers, notional * (1 - ROUGH))
    return from <= own && own <= tierIndex(tiers, notional * (1 + ROUGH))
  })
}

function combinations(wallet: Big, lines: readonly Line[]): readonly (readonly MarginTier[])[] {
  const [only] = lines
  if (only && lines.length === 1) return roughTiers(wallet, only).map((tier) => [tier])
  let made: (readonly MarginTier[])[] = [[]]
  for (const { tiers } of lines) made = made.flatMap((head) => tiers.map((tier) => [...head, tier]))
  return made
}

/**
 * Mark price at which the pool's balance meets its maintenance margin while its other instruments stand still, quote currency;
 * `undefined` when there is none. With positions in long and short both count, as on Binance. Rate and deduction are those of the tier
 * that the position has at that price ("How to Calculate Liquidation Price of USDⓈ-M Futures Contracts" and "… of COIN-M Futures
 * Contracts", Binance FAQ: the same equation in price and in 1 ÷ price). Of two such prices the nearer to the mark counts.
 */
export function liquidationPrice(pool: MarginPool, holding: Holding): Big | undefined {
  const own = pool.stakes.filter((stake) => stake.holding === holding)
  if (own.length === 0) return undefined
  const others = { wallet: pool.wallet, stakes: pool.stakes.filter((stake) => stake.holding !== holding) }
  const wallet = poolBalance(others).minus(poolMaintenance(others))
  const lines = own.map(lineOf)
  const { inverse } = holding.contract.instrument
  const near = holding.markPrice ?? 0
  let best: Big | undefined
  for (const tiers of combinations(wallet, lines)) {
    const x = solve(wallet, lines, tiers)
    if (
      !x ||
      !lines.every((line, at) => line.tiers[tierIndex(line.tiers, line.units.times(x).toNumber())] === tiers[at])
    ) {
      continue
    }
    const price = inverse ? new Decimal(1).div(x) : x
    if (
      !best ||
      price
        .minus(String(near))
        .abs()
        .lt(best.minus(String(near)).abs())
    )
      best = price
  }
  return best
}
