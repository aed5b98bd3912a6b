import ccxt from 'ccxt'
import type { Instrument } from '../../../core/instrument.ts'
import type { Topic, VenueProfile } from '../venue-profile.ts'
import { transportSettings, VenueTransport } from '../venue-transport.ts'
import { eventStreams } from './event-streams.ts'
import { decimalText, instrumentOf, linearOnly, lotsIn, mustTrade, objectOf } from './market-fields.ts'

const topics = ({ venueSymbol: instId, settle }: Instrument): readonly Topic[] => {
  const instType = settle === 'USDC' ? 'USDC-FUTURES' : 'USDT-FUTURES'
  return [
    { arg: { instType, channel: 'books', instId }, renews: true },
    { arg: { instType, channel: 'ticker', instId }, renews: true },
    { arg: { instType, channel: 'trade', instId }, renews: false },
  ]
}

/**
 * Bitget v2, linear perpetuals; liquidations are not public. A request may have 4,096 bytes; a socket 1,000 topics, fewer than 50 are
 * recommended for steadiness. https://www.bitget.com/api-doc/common/websocket-intro
 */
export const bitget: VenueProfile = {
  id: 'bitget',
  groups: [{ name: 'public', heardBy: 'book', accepts: () => true, topics }],
  topicsMax: 48,
  protocol: eventStreams(40),
  books: 'resubscribe',
  open(options) {
    const exchange = new ccxt.pro.bitget(transportSettings(options, { fetchMarkets: { types: ['swap'] } }))
    return {
      exchange,
      transport: new VenueTransport(exchange, options),
      streamUrl: () => exchange.urls['api']['ws']['public'],
    }
  },
  instrument(symbol, market) {
    const info = objectOf(market['info'])
    mustTrade(symbol, info['symbolStatus'], 'normal')
    linearOnly(symbol, market, 'Bitget')
    const lotSize = decimalText(symbol, info, 'sizeMultiplier')
    // `priceEndStep` counts units of the last place: 5 with one place is 0.5.
    const decimals = Number(decimalText(symbol, info, 'pricePlace'))
    const step = Number(decimalText(symbol, info, 'priceEndStep')) / 10 ** decimals
    return instrumentOf(symbol, market, {
      tickSize: step.toFixed(decimals),
      lotSize,
      lotsMin: lotsIn(symbol, info, 'minTradeNum', lotSize),
      lotsMax: lotsIn(symbol, info, 'maxOrderQty', lotSize),
      lotsMaxMarket: lotsIn(symbol, info, 'maxMarketOrderQty', lotSize),
      notionalMin: Number(info['minTradeUSDT'] ?? 0),
    })
  },
}
