import ccxt from 'ccxt'
import type { Instrument } from '../../../core/instrument.ts'
import type { StreamProtocol, Topic, VenueProfile } from '../venue-profile.ts'
import { transportSettings, VenueTransport } from '../venue-transport.ts'
import {
  decimalText,
  instrumentOf,
  linearOnly,
  lotsIn,
  mustTrade,
  objectOf,
  plainText,
  stepOfDecimals,
} from './market-fields.ts'

/**
 * One request per topic, `{id, reqType, dataType}`, answered `{id, code, msg}`. Frames are gzip; the venue sends the text `Ping` every
 * 5 s and wants `Pong`. https://bingx-api.github.io/docs/#/en-us/swapV2/socket/market.html
 */
const protocol: StreamProtocol = {
  heartbeats: new Map([['Ping', 'Pong']]),
  requests: (operation, topics, nextId) =>
    topics.map(({ arg }) => {
      const id = `${operation}-${nextId()}`
      const reqType = operation === 'subscribe' ? 'sub' : 'unsub'
      return { text: JSON.stringify({ id, reqType, dataType: arg }), acks: [id] }
    }),
  reply(frame) {
    const { id, code, msg } = frame
    if (typeof id !== 'string' || id === '') return undefined
    return code === 0
      ? { kind: 'acknowledged', ack: id }
      : { kind: 'refused', detail: `${plainText(code)} ${plainText(msg)}` }
  },
}

/** The best 100 levels, whole: the increments of `@incrDepth` leave numbers out about once a minute, which looks like a loss. */
const topics = ({ venueSymbol }: Instrument): readonly Topic[] => [
  { arg: `${venueSymbol}@depth100@500ms`, renews: false },
  { arg: `${venueSymbol}@markPrice`, renews: false },
  { arg: `${venueSymbol}@trade`, renews: false },
]

/** BingX linear perpetuals; liquidations are not public. A socket may have 200 topics. */
export const bingx: VenueProfile = {
  id: 'bingx',
  groups: [
    {
      name: 'swap',
      heardBy: 'book',
      bookIn: ({ dataType }) => /^([^@]+)@depth/.exec(plainText(dataType))?.[1],
      accepts: () => true,
      topics,
    },
  ],
  topicsMax: 200,
  protocol,
  books: 'every-frame',
  open(options) {
    const exchange = new ccxt.pro.bingx(transportSettings(options))
    return {
      exchange,
      transport: new VenueTransport(exchange, options),
      streamUrl: () => exchange.urls['api']['ws']['linear'],
    }
  },
  instrument(symbol, market) {
    const info = objectOf(market['info'])
    mustTrade(symbol, String(info['status']), '1')
    linearOnly(symbol, market, 'BingX')
    const lotSize = stepOfDecimals(Number(decimalText(symbol, info, 'quantityPrecision')))
    return instrumentOf(symbol, market, {
      tickSize: stepOfDecimals(Number(decimalText(symbol, info, 'pricePrecision'))),
      lotSize,
      lotsMin: lotsIn(symbol, info, 'tradeMinQuantity', lotSize),
      notionalMin: Number(info['tradeMinUSDT'] ?? 0),
    })
  },
}
