import type { Market } from './market.ts'
import { money } from './position.ts'
import { emitAccount } from './settle.ts'
import type { Venue } from './venue.ts'

/** Exchanges funding between the holders of one instrument and the crowd: longs pay a positive rate on the value at mark. */
export function exchangeFunding(venue: Venue, market: Market): void {
  const { symbol } = market.instrument
  const { markPrice, fundingRate } = market.mark.state
  for (const ledger of venue.ledgers.values()) {
    const holding = ledger.holdings.get(symbol)!
    const { lots } = holding.position
    if (lots === 0) continue
    const change = money(market.lotValue.times(-lots).times(markPrice).times(fundingRate))
    ledger.wallet = ledger.wallet.plus(change)
    emitAccount(venue, ledger, 'FUNDING_FEE', change, symbol, holding, market)
  }
}
