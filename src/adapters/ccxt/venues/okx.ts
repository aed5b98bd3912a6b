import ccxt from 'ccxt'
import type { Instrument } from '../../../core/instrument.ts'
import type { Topic, VenueProfile } from '../venue-profile.ts'
import { transportSettings, VenueTransport } from '../venue-transport.ts'
import { eventStreams } from './event-streams.ts'
import { decimalText, instrumentOf, lotsIn, mustTrade, objectOf } from './market-fields.ts'

/** The index is named without the kind of contract: `BTC-USDT` for `BTC-USDT-SWAP`. */
const topics = ({ venueSymbol: instId }: Instrument): readonly Topic[] => [
  { arg: { channel: 'books', instId }, renews: true },
  { arg: { channel: 'mark-price', instId }, renews: true },
  { arg: { channel: 'index-tickers', instId: instId.replace(/-SWAP$/, '') }, renews: true },
  { arg: { channel: 'funding-rate', instId }, renews: true },
  { arg: { channel: 'open-interest', instId }, renews: true },
  { arg: { channel: 'trades', instId }, renews: false },
  // Of every swap at once: the feed asks once per socket.
  { arg: { channel: 'liquidation-orders', instType: 'SWAP' }, renews: false },
]

/**
 * OKX v5 perpetual swaps. Sizes count contracts. All topics of a request and of a connection together may have 64 KB.
 * https://www.okx.com/docs-v5/en/#overview-websocket-subscribe
 */
export const okx: VenueProfile = {
  id: 'okx',
  groups: [{ name: 'public', heardBy: 'book', accepts: () => true, topics }],
  topicsMax: 210,
  protocol: eventStreams(100),
  books: 'resubscribe',
  open(options) {
    const exchange = new ccxt.pro.okx(transportSettings(options, { fetchMarkets: { types: ['swap'] } }))
    return {
      exchange,
      transport: new VenueTransport(exchange, options),
      streamUrl: () => exchange.getUrl('books', 'public'),
    }
  },
  instrument(symbol, market) {
    const info = objectOf(market['info'])
    mustTrade(symbol, info['state'], 'live')
    const lotSize = decimalText(symbol, info, 'lotSz')
    return instrumentOf(symbol, market, {
      tickSize: decimalText(symbol, info, 'tickSz'),
      lotSize,
      contractSize: decimalText(symbol, info, 'ctVal'),
      lotsMin: lotsIn(symbol, info, 'minSz', lotSize),
      lotsMax: lotsIn(symbol, info, 'maxLmtSz', lotSize),
      lotsMaxMarket: lotsIn(symbol, info, 'maxMktSz', lotSize),
    })
  },
}
