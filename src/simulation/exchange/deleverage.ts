import { check } from '../../core/check.ts'
import type { Lots } from '../../core/units.ts'
import type { Liquidation } from '../account/liquidation.ts'
import type { PlaceRequest, PositionSide } from './exchange.ts'
import { type Ledger, type LiveOrder, SIDES, sidesOf } from './ledger.ts'
import type { Market } from './market.ts'
import { openOrder } from './order-desk.ts'
import { settle } from './settle.ts'
import type { Venue } from './venue.ts'

/** A position on the other side of what is liquidated. */
interface Counterparty {
  readonly ledger: Ledger
  readonly positionSide: PositionSide
  /** > 0. */
  readonly lots: number
  readonly score: number
}

/**
 * What the book did not take of a liquidated position: the insurance fund takes it over at the bankruptcy price as far as it can bear
 * that; the rest closes positions of the other side at that price, the highest rank first, and after all accounts those of the crowd.
 */
export function takeOver(venue: Venue, market: Market, live: LiveOrder, liquidation: Liquidation): void {
  const left = (): number => live.state.size - live.state.filled
  absorb(venue, market, live, liquidation)
  for (const counterparty of left() > 0 ? queueOf(venue, market, live) : []) {
    if (left() === 0) return
    const size = Math.min(left(), counterparty.lots)
    closeLiquidated(venue, market, live, size)
    deleverage(venue, market, liquidation, counterparty, size)
  }
  if (left() > 0) closeLiquidated(venue, market, live, left())
}

function absorb(venue: Venue, market: Market, live: LiveOrder, { side, bankruptcyTicks }: Liquidation): void {
  const { markPrice } = market.mark.state
  const worth = market.lotValue.times(String(markPrice)).minus(market.tickLot.times(bankruptcyTicks))
  const gainPerLot = side === 'sell' ? worth : worth.times(-1)
  const size = venue.fund.bearable(live.state.size - live.state.filled, gainPerLot)
  if (size === 0) return
  closeLiquidated(venue, market, live, size)
  const passed = { lots: side === 'sell' ? size : -size, markPrice }
  venue.fund.book(gainPerLot.times(size), market.instrument.symbol, venue.now, passed)
}

function closeLiquidated(venue: Venue, market: Market, live: LiveOrder, size: number): void {
  market.tradeId += 1 // Its own id, though no public trade shows it.
  settle(venue, market, live, { price: live.state.price!, size: size as Lots, maker: false }, 'CALCULATED')
}

/** Everyone on the other side, first who is deleveraged first; of equal rank who came first. */
function queueOf(venue: Venue, market: Market, { state }: LiveOrder): readonly Counterparty[] {
  const { symbol } = market.instrument
  const sign = state.side === 'sell' ? -1 : 1 // Opposite a long are shorts.
  const queue: Counterparty[] = []
  for (const ledger of venue.ledgers.values()) {
    if (ledger.account === state.account) continue
    ledger.money.mark(symbol, market.mark.state.markPrice)
    for (const positionSide of sidesOf(ledger)) {
      const lots = sign * ledger.money.lots(symbol, SIDES[positionSide])
      const score = ledger.money.adlScore(symbol, SIDES[positionSide])
      if (lots > 0) queue.push({ ledger, positionSide, lots, score })
    }
  }
  return queue.sort((a, b) => b.score - a.score || 0) // Two infinite ranks are equal.
}

/** Closes a part of it on the same terms, and tells its owner: an order `adl_autoclose…` in the user stream. */
function deleverage(
  venue: Venue,
  market: Market,
  { side, bankruptcyTicks }: Liquidation,
  { ledger, positionSide }: Counterparty,
  size: number,
): void {
  const request: PlaceRequest = {
    account: ledger.account,
    symbol: market.instrument.symbol,
    side: side === 'sell' ? 'buy' : 'sell',
    type: 'LIMIT',
    price: bankruptcyTicks as NonNullable<PlaceRequest['price']>,
    size: size as Lots,
    timeInForce: 'IOC',
    ...(positionSide !== 'BOTH' && { positionSide }),
    reduceOnly: true,
    clientId: `adl_autoclose-${market.tradeId}`,
  }
  const live = openOrder(venue, request, { isDeleveraged: true })
  settle(venue, market, live, { price: request.price!, size: request.size, maker: false }, 'CALCULATED')
  check(live.state.status === 'FILLED', 'status of a deleveraging order', live.state.status)
}
