import { VenueClient } from '../venue-client.ts'
import type { VenueProfile } from '../venue-profile.ts'
import { binanceInstrument, binanceStreams, binanceTopics, SNAPSHOT_LEVELS } from './binance-streams.ts'

/** Binance USD-M. Since 2026-04-23 books and quotes are served on `/public`, trades, marks and liquidations on `/market`. */
export const binanceusdm: VenueProfile = {
  id: 'binanceusdm',
  groups: [
    {
      name: 'public',
      heardBy: 'book',
      accepts: () => true,
      topics: binanceTopics(['depth@100ms', 'bookTicker']),
    },
    {
      name: 'market',
      heardBy: 'mark',
      accepts: () => true,
      topics: binanceTopics(['aggTrade', 'markPrice@1s', 'forceOrder']),
    },
  ],
  topicsMax: 100,
  protocol: binanceStreams,
  books: 'rest',
  open(options) {
    const exchange = new VenueClient(options)
    return {
      exchange,
      transport: exchange.transport,
      streamUrl: (group, index) => `${exchange.getWsUrl('future', group)}/${index}`,
      loadBook: (symbol) => exchange.fapiPublicGetDepth({ symbol, limit: SNAPSHOT_LEVELS }),
    }
  },
  instrument: (symbol, market) => binanceInstrument(symbol, market, 'status'),
}
