import { InputError } from '../../../core/errors.ts'
import type { Instrument, InstrumentSymbol } from '../../../core/instrument.ts'
import type { Fields } from '../json-fields.ts'
import type { StreamProtocol, Topic } from '../venue-profile.ts'
import { instrumentOf, objectOf, plainText } from './market-fields.ts'

/** Levels a side, weight 10: far more than anything reads, and half the price of 1,000. */
export const SNAPSHOT_LEVELS = 500

/** `btcusdt@depth@100ms` and the like; only books have state, and theirs comes by REST. */
export const binanceTopics =
  (channels: readonly string[]) =>
  ({ venueSymbol }: Instrument): readonly Topic[] =>
    channels.map((channel) => ({ arg: `${venueSymbol.toLowerCase()}@${channel}`, renews: false }))

/**
 * One request names all streams and is answered once, `{result, id}` or `{error, id}`. Pings are the websocket's own.
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams
 */
export const binanceStreams: StreamProtocol = {
  heartbeats: new Map(),
  requests: (operation, topics, nextId) => {
    const id = nextId()
    return [
      {
        text: JSON.stringify({ method: operation.toUpperCase(), params: topics.map(({ arg }) => arg), id }),
        acks: [String(id)],
      },
    ]
  },
  reply(frame) {
    if (frame['e'] !== undefined || frame['stream'] !== undefined) return undefined
    if (frame['error'] !== undefined) {
      const { code, msg } = objectOf(frame['error'])
      return { kind: 'refused', detail: `${plainText(code)} ${plainText(msg)}` }
    }
    return frame['id'] === undefined ? undefined : { kind: 'acknowledged', ack: plainText(frame['id']) }
  },
}

/** Exact texts of the filters. `statusField`: the two markets name it differently. */
export function binanceInstrument(
  symbol: InstrumentSymbol,
  market: Fields,
  statusField: 'status' | 'contractStatus',
): Instrument {
  const info = market['info'] as Fields
  if (info[statusField] !== 'TRADING') {
    throw new InputError(
      `symbol ${symbol}: its status at the venue is ${String(info[statusField])}; it must be TRADING`,
    )
  }
  const filters = (Array.isArray(info['filters']) ? info['filters'] : []) as readonly Fields[]
  const filter = (type: string, field: string): string => {
    const value = filters.find((candidate) => candidate['filterType'] === type)?.[field]
    if (typeof value === 'string' && Number(value) >= 0) return value
    throw new InputError(`${symbol}: the venue's ${type}.${field} was ${JSON.stringify(value)}; a decimal was expected`)
  }
  const lotSize = filter('LOT_SIZE', 'stepSize')
  const lotsOf = (type: string, field: string) => Math.round(Number(filter(type, field)) / Number(lotSize))
  const isInverse = market['inverse'] === true
  return instrumentOf(symbol, market, {
    tickSize: filter('PRICE_FILTER', 'tickSize'),
    lotSize,
    contractSize: isInverse ? String(info['contractSize']) : '1',
    lotsMin: lotsOf('LOT_SIZE', 'minQty'),
    lotsMax: lotsOf('LOT_SIZE', 'maxQty'),
    lotsMaxMarket: lotsOf('MARKET_LOT_SIZE', 'maxQty'),
    // COIN-M states none: one contract is the least.
    notionalMin: isInverse ? 0 : Number(filter('MIN_NOTIONAL', 'notional')),
  })
}
