import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { epochMs } from '../../../src/core/units.ts'
import type { HttpMethod } from '../../../src/simulation/binance/request.ts'
import { pureBinance, START_AT } from '../../support/simulated-binance.ts'

// Captured frames and transcripts of real clients' test suites; see the data folder's INDEX.
const DATA = process.env['TICKWRIGHT_DATA'] ?? '../shared/data'
const NAUTILUS = join(DATA, 'frames/nautilus/crates_binance/futures')
const JKORF = join(DATA, 'frames/jkorf/Binance.Net/Endpoints/UsdFutures')
const hasData = existsSync(NAUTILUS) && existsSync(JKORF)
if (!hasData) console.log(`wire-fields: skipped, no captured frames under ${DATA} (set TICKWRIGHT_DATA)`)

type Shape = string | { readonly [key: string]: Shape } | readonly Shape[]

const shape = (value: unknown): Shape => {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape)
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shape(each)]))
}

/** Keys of the real one that ours lacks or gives another type, as paths. */
function missing(real: Shape, ours: Shape | undefined, path = ''): string[] {
  if (typeof real === 'string')
    return real === ours || real === 'null' ? [] : [`${path}: ${real}, ours ${JSON.stringify(ours)}`]
  if (Array.isArray(real)) {
    return real.length === 0 || (Array.isArray(ours) && ours.length === 0)
      ? []
      : missing(real[0], (ours as Shape[])[0], `${path}[]`)
  }
  if (typeof ours !== 'object' || Array.isArray(ours)) return [`${path}: object, ours ${JSON.stringify(ours)}`]
  const mine = ours as Readonly<Record<string, Shape>>
  return Object.entries(real).flatMap(([key, each]) => missing(each, mine[key], `${path}.${key}`))
}

const { protocol } = pureBinance()
let now = START_AT
const frames: Record<string, unknown>[] = []
const live = (ms: number) => {
  now = epochMs(now + ms)
  const { streams, users } = protocol.frames(now, () => true)
  frames.push(...[...streams, ...users].map(({ data }) => JSON.parse(data) as Record<string, unknown>))
}
const call = (method: HttpMethod, path: string, params: Record<string, string> = {}) => {
  const { body } = protocol.handle({ method, path, params: { symbol: 'BTCUSDT', ...params }, account: 'a', now })
  live(0)
  return body
}
const market = { side: 'BUY', type: 'MARKET', quantity: '0.100' }
const trailing = {
  algoType: 'CONDITIONAL',
  side: 'SELL',
  type: 'TRAILING_STOP_MARKET',
  quantity: '0.100',
  callbackRate: '1',
}
const stop = { algoType: 'CONDITIONAL', side: 'SELL', type: 'STOP_MARKET', quantity: '0.100', triggerPrice: '50000' }
live(5_000)
call('POST', '/fapi/v1/order', market)
call('POST', '/fapi/v1/leverage', { leverage: '10' })
call('POST', '/fapi/v1/algoOrder', { ...stop, clientAlgoId: 'one' })

describe.runIf(hasData)('our frames have every field of the captured ones, of the same type', () => {
  // Of trailing orders (AP, cr) and of failed algo orders (rm) only; `b` and `a` of depth rows are pairs.
  const exempt = /\.o\.(AP|cr|rm)\b/
  const read = (file: string) => JSON.parse(readFileSync(join(NAUTILUS, file), 'utf8')) as Record<string, unknown>
  test.each([
    'market_data_json/depth_update_stream.json',
    'market_data_json/book_ticker_stream.json',
    'market_data_json/trade_stream.json',
    'market_data_json/agg_trade_stream.json',
    'market_data_json/kline_stream_open.json',
    'market_data_json/mark_price_stream.json',
    'market_data_json/ticker_stream.json',
    'user_data_json/order_update_trade.json',
    'user_data_json/order_update_new.json',
    'user_data_json/account_update.json',
    'user_data_json/algo_update_new.json',
    'user_data_json/trade_lite.json',
  ])('%s', (file) => {
    const real = read(file)
    const isTrade = (frame: Record<string, unknown>) => (frame['o'] as { x?: string } | undefined)?.x === 'TRADE'
    const mine = frames.filter(({ e }) => e === real['e'])
    const ours = mine.find(isTrade) ?? mine.at(-1)
    expect(missing(shape(real), shape(ours)).filter((path) => !exempt.test(path))).toEqual([])
  })
})

describe.runIf(hasData)('our answers have every field of the documented ones, of the same type', () => {
  const read = (file: string) => {
    const [, , , ...rest] = readFileSync(join(JKORF, file), 'utf8').split('\n')
    return JSON.parse(rest.join('\n').replace(/^﻿/, '')) as unknown
  }
  // Of trailing, spread and liquidation orders, of other assets, and fields that Binance itself no longer sends.
  const exempt =
    /\.(activatePrice|priceRate|callbackRate|activationPrice|good_till|tradeGroupId)\b|\.assets|rateLimits|exchangeFilters|\.filters/
  test.each<[string, HttpMethod, string, Record<string, string>]>([
    ['Trading/PlaceOrder.txt', 'POST', '/fapi/v1/order', { ...market, newClientOrderId: 'two' }],
    ['Trading/GetOrder.txt', 'GET', '/fapi/v1/order', { origClientOrderId: 'two' }],
    ['Trading/GetUserTrades.txt', 'GET', '/fapi/v1/userTrades', {}],
    ['Trading/PlaceConditionalOrder.txt', 'POST', '/fapi/v1/algoOrder', trailing],
    ['Trading/GetConditionalOrder.txt', 'GET', '/fapi/v1/algoOrder', { clientAlgoId: 'one' }],
    ['Account/GetPositionInformation.txt', 'GET', '/fapi/v2/positionRisk', {}],
    ['Account/GetAccountInfo.txt', 'GET', '/fapi/v2/account', {}],
    ['Account/GetAccountInfoV3.txt', 'GET', '/fapi/v3/account', {}],
    ['Account/GetBalances.txt', 'GET', '/fapi/v3/balance', {}],
    ['Account/ChangeInitialLeverage.txt', 'POST', '/fapi/v1/leverage', { leverage: '5' }],
    ['Account/GetBrackets.txt', 'GET', '/fapi/v1/leverageBracket', {}],
    ['Account/GetUserCommissionRate.txt', 'GET', '/fapi/v1/commissionRate', {}],
    ['ExchangeData/GetExchangeInfo.txt', 'GET', '/fapi/v1/exchangeInfo', {}],
    ['ExchangeData/GetOrderBook.txt', 'GET', '/fapi/v1/depth', { limit: '5' }],
    ['ExchangeData/GetRecentTrades.txt', 'GET', '/fapi/v1/trades', {}],
    ['ExchangeData/GetAggregatedTradeHistory.txt', 'GET', '/fapi/v1/aggTrades', {}],
    ['ExchangeData/GetMarkPrice.txt', 'GET', '/fapi/v1/premiumIndex', {}],
    ['ExchangeData/GetTicker.txt', 'GET', '/fapi/v1/ticker/24hr', {}],
    ['ExchangeData/GetBookPrice.txt', 'GET', '/fapi/v1/ticker/bookTicker', {}],
    ['ExchangeData/GetKlines.txt', 'GET', '/fapi/v1/klines', { interval: '1m' }],
  ])('%s', (file, method, path, params) => {
    const paths = missing(shape(read(file)), shape(call(method, path, params)))
    expect(paths.filter((each) => !exempt.test(each))).toEqual([])
  })
})
