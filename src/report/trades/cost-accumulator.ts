import type { Converter } from '../../core/instrument.ts'
import type { Fill } from '../../core/order.ts'
import type { CostBreakdown } from '../backtest/record.ts'
import { tradeMoney } from './trade-money.ts'

/** Sums what trading cost, over all instruments of one settle currency. */
export interface CostAccumulator {
  /** The fee of a fill with `reason` `liquidation`, where it has one, counts as liquidation fee. `midQuote` as of `TripBuilder.fill`. */
  fill(converter: Converter, fill: Fill, midQuote: number, reason: string): void
  /** Received > 0. */
  funding(amount: number): void
  /** A liquidation fee that no fill states; < 0: the insurance fund paid in. */
  liquidationFee(fee: number): void
  breakdown(): CostBreakdown
}

export function costAccumulator(): CostAccumulator {
  const sums = { makerFees: 0, takerFees: 0, liquidationFees: 0, funding: 0, slippage: 0, turnover: 0 }
  return {
    fill(converter, { side, price: ticks, lots, fee, maker }, midQuote, reason) {
      const money = tradeMoney(converter)
      const price = converter.price(ticks)
      const kind = reason === 'liquidation' ? 'liquidationFees' : maker ? 'makerFees' : 'takerFees'
      sums[kind] += Number(fee)
      sums.slippage += money.slippage(side, price, midQuote, lots)
      sums.turnover += money.value(price, lots)
    },
    funding: (amount) => {
      sums.funding += amount
    },
    liquidationFee: (fee) => {
      sums.liquidationFees += fee
    },
    breakdown: () => ({ ...sums }),
  }
}
