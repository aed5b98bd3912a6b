import ccxt from 'ccxt'
import { InputError } from '../../../core/errors.ts'
import type { Instrument } from '../../../core/instrument.ts'
import type { Fields } from '../json-fields.ts'
import type { StreamProtocol, Topic, VenueProfile } from '../venue-profile.ts'
import { transportSettings, VenueTransport } from '../venue-transport.ts'
import { decimalText, instrumentOf, objectOf, plainText, stepOfDecimals } from './market-fields.ts'

const nameOf = (method: unknown, { type, coin }: Fields): string =>
  `${plainText(method)} ${plainText(type)} ${plainText(coin)}`

/**
 * One request per topic, echoed as `subscriptionResponse`; errors are texts. `{"method": "ping"}` at least every 60 s.
 * https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/websocket/subscriptions
 */
const protocol: StreamProtocol = {
  heartbeats: new Map(),
  requests: (method, topics) =>
    topics.map(({ arg }) => ({
      text: JSON.stringify({ method, subscription: arg }),
      acks: [nameOf(method, objectOf(arg))],
    })),
  reply({ channel, data }) {
    if (channel === 'pong') return { kind: 'idle' }
    if (channel === 'error') return { kind: 'refused', detail: plainText(data) }
    if (channel !== 'subscriptionResponse') return undefined
    const { method, subscription } = objectOf(data)
    return { kind: 'acknowledged', ack: nameOf(method, objectOf(subscription)) }
  },
}

const topics = ({ venueSymbol: coin }: Instrument): readonly Topic[] => [
  { arg: { type: 'l2Book', coin, fast: true }, renews: false },
  { arg: { type: 'activeAssetCtx', coin }, renews: false },
  { arg: { type: 'trades', coin }, renews: false },
]

/** A price has at most 6 − `szDecimals` places, and five significant digits beside whole numbers. */
const PLACES_MAX = 6

/**
 * Hyperliquid perpetuals; liquidations are not told apart. Every frame of a book is whole. The fast stream is followed, 5 levels a side
 * every 0.5 s: the plain one has 20 levels but came every 2 s from June 2026 and every 5 s since 2026-07-25, too old for order flow and
 * for the price of an order. Levels 6 to 10 are therefore absent. The page on subscriptions names the flag, the venue's announcements
 * (t.me/hyperliquid_api/326 and 327, cited at github.com/nktkas/hyperliquid/pull/142) and github.com/pmxt-dev/pmxt/issues/1879 the times.
 */
export const hyperliquid: VenueProfile = {
  id: 'hyperliquid',
  groups: [
    {
      name: 'public',
      heardBy: 'book',
      bookIn: ({ channel, data }) => (channel === 'l2Book' ? objectOf(data)['coin'] : undefined),
      accepts: () => true,
      topics,
    },
  ],
  topicsMax: 300,
  protocol,
  books: 'every-frame',
  open(options) {
    const exchange = new ccxt.pro.hyperliquid(transportSettings(options, { fetchMarkets: { types: ['swap'] } }))
    return {
      exchange,
      transport: new VenueTransport(exchange, options),
      streamUrl: () => exchange.urls['api']['ws']['public'],
    }
  },
  instrument(symbol, market) {
    const info = objectOf(market['info'])
    if (market['active'] === false) throw new InputError(`symbol ${symbol}: it is delisted at the venue`)
    const sizeDecimals = Number(decimalText(symbol, info, 'szDecimals'))
    return instrumentOf(symbol, market, {
      venueSymbol: String(info['name']),
      tickSize: stepOfDecimals(PLACES_MAX - sizeDecimals),
      lotSize: stepOfDecimals(sizeDecimals),
      notionalMin: 10,
    })
  },
}
