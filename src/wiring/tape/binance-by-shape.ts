import { isObject, type Json } from '../../market/frame-fields.ts'
import type { FrameMapper, FrameMapperOf } from '../../market/frame-mapper.ts'
import { binanceFrameMapper } from '../../market/venues/binance.ts'

const QUOTE_STREAM = /@bookTicker$/

/** Which Binance market a frame of a foreign tape came from, as ccxt names it; none when it does not tell. */
export function binanceMarketOf(frame: unknown): 'binance' | 'binanceusdm' | 'binancecoinm' | undefined {
  const data = dataOf(frame)
  const symbol = data?.['s']
  if (!data || typeof symbol !== 'string') return undefined
  const isSpot =
    (data['e'] === 'depthUpdate' && data['pu'] === undefined) || (data['e'] === 'trade' && data['X'] === undefined)
  if (isSpot) return 'binance'
  if (data['e'] !== 'depthUpdate' && data['e'] !== 'trade' && data['e'] !== 'aggTrade') return undefined
  return symbol.includes('_') ? 'binancecoinm' : 'binanceusdm'
}

/**
 * Binance mapper for tapes whose market nobody names. Spot frames lack what futures frames have: a diff follows when its `U` is one
 * more than the `u` before (https://developers.binance.com/docs/binance-spot-api-docs, how to manage a local order book), and has no
 * time but `E`; a best quote has none at all, so that it happened when it came.
 */
export const binanceByShape: FrameMapperOf = (converters) => {
  const mapper = binanceFrameMapper(converters)
  const map: FrameMapper['map'] = (frame, receivedAt, restSymbol) => {
    const data = dataOf(frame)
    if (!data || !isObject(frame)) return mapper.map(frame, receivedAt, restSymbol)
    const { e, U, E, pu, stream, T } = data['e'] === undefined ? { ...frame, ...data } : data
    if (e === 'depthUpdate' && pu === undefined && typeof U === 'number') {
      return mapper.map({ ...data, pu: U - 1, T: T ?? E }, receivedAt)
    }
    if (e === undefined && typeof stream === 'string' && QUOTE_STREAM.test(stream)) {
      return mapper.map({ ...data, e: 'bookTicker', T: Math.floor(receivedAt) }, receivedAt)
    }
    return mapper.map(frame, receivedAt, restSymbol)
  }
  return { map, reset: mapper.reset }
}

const dataOf = (frame: unknown): Json | undefined => {
  if (!isObject(frame)) return undefined
  return isObject(frame['data']) ? frame['data'] : frame
}
