import { beforeEach, describe, expect, test } from 'vitest'
import { START_AT } from '../../support/simulated-binance.ts'
import { body, call, type Json, limit, live, market, open } from './support/trading-desk.ts'

beforeEach(open)

describe('account settings', () => {
  test('leverage up to 125', () => {
    const set = (leverage: string) => call('POST', '/fapi/v1/leverage', { symbol: 'BTCUSDT', leverage }).body
    expect(set('125')).toMatchObject({ leverage: 125, symbol: 'BTCUSDT' })
    expect(live()).toMatchObject([{ e: 'ACCOUNT_CONFIG_UPDATE', ac: { s: 'BTCUSDT', l: 125 } }])
    expect(set('126')).toMatchObject({ code: -4028 })
    expect(set('0')).toMatchObject({ code: -4028 })
    expect(body<Json[]>('GET', '/fapi/v1/symbolConfig', { symbol: 'BTCUSDT' })).toMatchObject([{ leverage: 125 }])
  })

  test('margin type: no change, a change, and none with an open position', () => {
    const set = (marginType: string) => call('POST', '/fapi/v1/marginType', { symbol: 'BTCUSDT', marginType }).body
    expect(set('CROSSED')).toMatchObject({ code: -4046 })
    expect(set('PORTFOLIO')).toMatchObject({ code: -1100 })
    expect(set('ISOLATED')).toMatchObject({ code: 200 })
    body('POST', '/fapi/v1/order', market('BUY', '0.010'))
    expect(set('CROSSED')).toMatchObject({ code: -4048 })
  })

  test('hedge mode: set without orders and positions, sides apart, reduceOnly not to be sent', () => {
    const set = (dualSidePosition: string) => call('POST', '/fapi/v1/positionSide/dual', { dualSidePosition }).body
    const place = (params: Record<string, string>) => call('POST', '/fapi/v1/order', params).body
    expect(body('GET', '/fapi/v1/positionSide/dual')).toEqual({ dualSidePosition: false })
    expect(set('false')).toMatchObject({ code: -4059 })
    expect(place(limit({ positionSide: 'LONG' }))).toMatchObject({ code: -4061 })
    body('POST', '/fapi/v1/order', limit())
    expect(set('true')).toMatchObject({ code: -4067 })
    body('DELETE', '/fapi/v1/allOpenOrders', { symbol: 'BTCUSDT' })
    expect(set('true')).toMatchObject({ code: 200 })
    expect(place(limit())).toMatchObject({ code: -4061 })
    expect(place(market('SELL', '0.010', { positionSide: 'LONG' }))).toMatchObject({ code: -2022 })
    expect(place(market('SELL', '0.010', { positionSide: 'SHORT', reduceOnly: 'true' }))).toMatchObject({ code: -1106 })
    live()
    place(market('BUY', '0.030', { positionSide: 'LONG' }))
    place(market('SELL', '0.020', { positionSide: 'SHORT' }))
    expect(place(market('SELL', '0.040', { positionSide: 'LONG' }))).toMatchObject({
      ...{ status: 'EXPIRED', executedQty: '0.030', reduceOnly: true, positionSide: 'LONG' },
    })
    expect(body<Json[]>('GET', '/fapi/v3/positionRisk')).toMatchObject([
      { positionSide: 'SHORT', positionAmt: '-0.020' },
    ])
    const told = live().filter(({ e }) => e === 'ACCOUNT_UPDATE')
    expect((told[0]!.a['P'] as Json[])[0]).toMatchObject({ ps: 'LONG', pa: '0.030' })
    expect((told.at(-1)!.a['P'] as Json[])[0]).toMatchObject({ ps: 'LONG', pa: '0.000' })
    expect(set('false')).toMatchObject({ code: -4068 })
    place(market('BUY', '0.020', { positionSide: 'SHORT' }))
    expect(set('false')).toMatchObject({ code: 200 })
  })

  test('margin of an isolated position: added, taken back, and why not', () => {
    const move = (amount: string, type: '1' | '2') =>
      call('POST', '/fapi/v1/positionMargin', { symbol: 'BTCUSDT', amount, type }).body
    expect(move('100', '1')).toMatchObject({ code: -4049 })
    call('POST', '/fapi/v1/marginType', { symbol: 'BTCUSDT', marginType: 'ISOLATED' })
    expect(move('100', '1')).toMatchObject({ code: -4054 })
    body('POST', '/fapi/v1/order', market('BUY', '0.100'))
    live()
    const margin = () => Number(body<Json[]>('GET', '/fapi/v3/positionRisk')[0]!['isolatedWallet'])
    const before = margin()
    expect(move('100.5', '1')).toEqual({
      ...{ code: 200, msg: 'Successfully modify position margin.', amount: 100.5, type: 1 },
    })
    expect(margin()).toBeCloseTo(before + 100.5, 8)
    expect(live()).toMatchObject([{ e: 'ACCOUNT_UPDATE', a: { m: 'MARGIN_TRANSFER', B: [{ bc: '0' }] } }])
    expect(move('50', '2')).toMatchObject({ code: 200 })
    expect(move('10000', '1')).toMatchObject({ code: -4050 })
    expect(move('300', '2')).toMatchObject({ code: -4051 })
    expect(move('0', '2')).toMatchObject({ code: -4055 })
  })

  test('leverage brackets are the tiers', () => {
    const [row] = body<{ brackets: Json[] }[]>('GET', '/fapi/v1/leverageBracket', { symbol: 'BTCUSDT' })
    expect(row!.brackets.slice(0, 2)).toEqual([
      {
        ...{ bracket: 1, initialLeverage: 125, notionalCap: 300_000, notionalFloor: 0 },
        maintMarginRatio: 0.004,
        cum: 0,
      },
      {
        ...{ bracket: 2, initialLeverage: 100, notionalCap: 800_000, notionalFloor: 300_000 },
        ...{ maintMarginRatio: 0.005, cum: 300 },
      },
    ])
  })

  test('funding is exchanged, told on the stream, in the history and in the income', () => {
    body('POST', '/fapi/v1/order', market('BUY', '0.100'))
    live()
    const frames = live(30_000).filter(({ e }) => e === 'ACCOUNT_UPDATE')
    expect(frames).toHaveLength(1)
    const [balance] = frames[0]!.a['B'] as Json[]
    expect(frames[0]!.a).toMatchObject({ m: 'FUNDING_FEE', P: [] })
    const income = body<Json[]>('GET', '/fapi/v1/income', { incomeType: 'FUNDING_FEE' })
    expect(income.map((row) => [row['income'], row['symbol']])).toEqual([[balance!['bc'], 'BTCUSDT']])
    const history = body<Json[]>('GET', '/fapi/v1/fundingRate', { symbol: 'BTCUSDT' })
    expect(history).toMatchObject([{ symbol: 'BTCUSDT', fundingTime: START_AT + 30_000 }])
  })
})
