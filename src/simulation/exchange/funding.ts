import type { Market } from './market.ts'
import { emitAccount } from './settle.ts'
import type { Venue } from './venue.ts'

/** Exchanges funding between the holders of one instrument and the crowd: longs pay a positive rate on the value at mark. */
export function exchangeFunding(venue: Venue, market: Market): void {
  const { symbol } = market.instrument
  const { markPrice, fundingRate } = market.mark.state
  for (const ledger of venue.ledgers.values()) {
    const change = ledger.money.fund(symbol, markPrice, fundingRate)
    if (change !== undefined) emitAccount(venue, ledger, 'FUNDING_FEE', change, symbol)
  }
}
