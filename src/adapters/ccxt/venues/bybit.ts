import ccxt from 'ccxt'
import type { Instrument } from '../../../core/instrument.ts'
import { inBatches, type StreamProtocol, type Topic, type VenueProfile } from '../venue-profile.ts'
import { transportSettings, VenueTransport } from '../venue-transport.ts'
import { decimalText, instrumentOf, lotsIn, mustTrade, objectOf, plainText } from './market-fields.ts'

/** `args` of one request together may have 21,000 characters; topics have up to 40. */
const TOPICS_PER_REQUEST = 200

/**
 * One answer per request, `{success, ret_msg, op, req_id}`; one topic that does not exist refuses all of them. `{"op": "ping"}` at
 * least every 20 s. https://bybit-exchange.github.io/docs/v5/ws/connect
 */
const protocol: StreamProtocol = {
  heartbeats: new Map(),
  requests: (operation, topics, nextId) =>
    inBatches(topics, TOPICS_PER_REQUEST).map((batch) => {
      // ccxt numbers its pings.
      const ack = `${operation}-${nextId()}`
      return { text: JSON.stringify({ op: operation, args: batch.map(({ arg }) => arg), req_id: ack }), acks: [ack] }
    }),
  reply(frame) {
    if (frame['topic'] !== undefined) return undefined
    if (frame['op'] === 'pong' || frame['op'] === 'ping' || frame['ret_msg'] === 'pong') return { kind: 'idle' }
    if (frame['success'] === false) return { kind: 'refused', detail: plainText(frame['ret_msg']) }
    return frame['success'] === true ? { kind: 'acknowledged', ack: plainText(frame['req_id']) } : undefined
  },
}

/** 50 levels every 20 ms, the finest depth of more than one level. A ticker begins with all figures, then says what changed. */
const topics = ({ venueSymbol }: Instrument): readonly Topic[] => [
  { arg: `orderbook.50.${venueSymbol}`, renews: true },
  { arg: `tickers.${venueSymbol}`, renews: true },
  { arg: `publicTrade.${venueSymbol}`, renews: false },
  { arg: `allLiquidation.${venueSymbol}`, renews: false },
]

/** Bybit v5, linear and inverse perpetuals. Sizes: base currency (linear), contracts of 1 USD (inverse). */
export const bybit: VenueProfile = {
  id: 'bybit',
  groups: [
    { name: 'linear', heardBy: 'book', accepts: ({ inverse }) => !inverse, topics },
    { name: 'inverse', heardBy: 'book', accepts: ({ inverse }) => inverse, topics },
  ],
  topicsMax: 200,
  protocol,
  books: 'resubscribe',
  open(options) {
    const exchange = new ccxt.pro.bybit(transportSettings(options, { fetchMarkets: { types: ['linear', 'inverse'] } }))
    return {
      exchange,
      transport: new VenueTransport(exchange, options),
      streamUrl: (group) => exchange.implodeHostname(exchange.urls['api']['ws']['public'][group]),
    }
  },
  instrument(symbol, market) {
    const info = objectOf(market['info'])
    mustTrade(symbol, info['status'], 'Trading')
    const sizes = objectOf(info['lotSizeFilter'])
    const lotSize = decimalText(symbol, sizes, 'qtyStep')
    return instrumentOf(symbol, market, {
      tickSize: decimalText(symbol, objectOf(info['priceFilter']), 'tickSize'),
      lotSize,
      lotsMin: lotsIn(symbol, sizes, 'minOrderQty', lotSize),
      lotsMax: lotsIn(symbol, sizes, 'maxOrderQty', lotSize),
      lotsMaxMarket: lotsIn(symbol, sizes, 'maxMktOrderQty', lotSize),
      notionalMin: Number(sizes['minNotionalValue'] ?? 0),
    })
  },
}
