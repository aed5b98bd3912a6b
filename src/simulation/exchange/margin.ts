import Big from 'big.js'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { Side } from '../../core/units.ts'
import type { Holding, Ledger } from './ledger.ts'
import type { Market } from './market.ts'
import { money } from './position.ts'

/** Fraction of the position's value that must be covered: Binance's first tier on BTCUSDT. One tier only. */
const MAINTENANCE_RATE = '0.004'

export type Markets = ReadonlyMap<InstrumentSymbol, Market>

const ZERO = new Big(0)
const larger = (a: Big, b: Big): Big => (a.gt(b) ? a : b)

/** Value of the position at mark, signed like it; quote currency. */
function markValue(market: Market, holding: Holding): Big {
  const { lots } = holding.position
  return lots === 0 ? ZERO : market.lotValue.times(lots).times(market.mark.state.markPrice)
}

function unrealised(market: Market, holding: Holding): Big {
  const { lots, cost } = holding.position
  return lots === 0 ? ZERO : markValue(market, holding).minus(lots > 0 ? cost : cost.times(-1))
}

/** An order that is not in the account yet. */
interface Wanted {
  readonly symbol: InstrumentSymbol
  readonly side: Side
  /** Quote currency, ≥ 0. */
  readonly value: Big
}

/**
 * Initial margin of positions and open orders; reduce-only orders need none. Per instrument the worse of both sides counts:
 * `max(|position + buys|, |position − sells|) / leverage`, as Binance does in one-way mode.
 */
export function initialMargin(ledger: Ledger, markets: Markets, wanted?: Wanted): Big {
  const open = new Map<InstrumentSymbol, Record<Side, Big>>()
  const add = (symbol: InstrumentSymbol, side: Side, value: Big): void => {
    const sums = open.get(symbol) ?? { buy: ZERO, sell: ZERO }
    open.set(symbol, { ...sums, [side]: sums[side].plus(value) })
  }
  for (const { state } of ledger.open.values()) {
    if (state.reduceOnly || state.price === undefined) continue
    add(
      state.symbol,
      state.side,
      markets
        .get(state.symbol)!
        .tickLot.times(state.price)
        .times(state.size - state.filled),
    )
  }
  if (wanted) add(wanted.symbol, wanted.side, wanted.value)
  let total = ZERO
  for (const [symbol, holding] of ledger.holdings) {
    const value = markValue(markets.get(symbol)!, holding)
    const sums = open.get(symbol)
    const exposure = sums ? larger(value.plus(sums.buy).abs(), value.minus(sums.sell).abs()) : value.abs()
    if (!exposure.eq(0)) total = total.plus(exposure.div(holding.leverage))
  }
  return money(total)
}

/** Wallet plus unrealised profit at mark. */
export function marginBalance(ledger: Ledger, markets: Markets): Big {
  let total = ledger.wallet
  for (const [symbol, holding] of ledger.holdings) total = total.plus(unrealised(markets.get(symbol)!, holding))
  return money(total)
}

/** Free for new margin, never below 0. */
export const available = (ledger: Ledger, markets: Markets): Big =>
  larger(ZERO, marginBalance(ledger, markets).minus(initialMargin(ledger, markets)))

/** Below this margin balance the account is liquidated. 0 without positions. */
export function maintenanceMargin(ledger: Ledger, markets: Markets): Big {
  let total = ZERO
  for (const [symbol, holding] of ledger.holdings) total = total.plus(markValue(markets.get(symbol)!, holding).abs())
  return total.times(MAINTENANCE_RATE)
}
