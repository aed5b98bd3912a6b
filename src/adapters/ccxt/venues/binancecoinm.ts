import ccxt from 'ccxt'
import type { VenueProfile } from '../venue-profile.ts'
import { transportSettings, VenueTransport } from '../venue-transport.ts'
import { binanceInstrument, binanceStreams, binanceTopics, SNAPSHOT_LEVELS } from './binance-streams.ts'

/** Binance COIN-M: inverse, sizes in contracts of 100 or 10 USD; one address for all streams. */
export const binancecoinm: VenueProfile = {
  id: 'binancecoinm',
  groups: [
    {
      name: 'stream',
      heardBy: 'book',
      accepts: () => true,
      topics: binanceTopics(['depth@100ms', 'bookTicker', 'aggTrade', 'markPrice@1s', 'forceOrder']),
    },
  ],
  topicsMax: 100,
  protocol: binanceStreams,
  books: 'rest',
  open(options) {
    const exchange = new ccxt.pro.binancecoinm(transportSettings(options))
    return {
      exchange,
      transport: new VenueTransport(exchange, options),
      streamUrl: (_group, index) => `${exchange.getWsUrl('delivery', 'public')}/${index}`,
      loadBook: (symbol) => exchange.dapiPublicGetDepth({ symbol, limit: SNAPSHOT_LEVELS }),
    }
  },
  instrument: (symbol, market) => binanceInstrument(symbol, market, 'contractStatus'),
}
