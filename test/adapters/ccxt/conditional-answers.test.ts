import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { epochMs, lots, ticks } from '../../../src/core/units.ts'
import { approved } from '../../trading/support/approved.ts'
import { instrumentOf, type StubAnswer, type StubVenue, stubVenue } from './support/stub-venue.ts'
import { type WatchedGateway, watchedGateway } from './support/watched-gateway.ts'

const BTC = 'BTC/USDT:USDT'
const ORDER = 'POST /fapi/v1/order'
const refused = (code: number): StubAnswer => ({ status: 400, body: { code, msg: `message of ${code}` } })
const sent = (fields: object = {}) =>
  approved({ clientId: 'tw-1', lots: lots(20), price: ticks(600_001), timeInForce: 'GTX', ...fields })

let venue: StubVenue
let watched: WatchedGateway
beforeEach(async () => {
  venue = await stubVenue()
  watched = watchedGateway(venue.url, [instrumentOf('BTC')], { requestTimeoutMs: 1_500 })
})
afterEach(async () => {
  await watched.gateway.close()
  await venue.close()
})
const asked = (route: string) => venue.requests.filter((request) => request.route === route)

describe('conditional orders', () => {
  const ALGO = 'POST /fapi/v1/algoOrder'
  const trigger = { ticks: ticks(590_000), by: 'mark' } as const
  const waiting = {
    ...{
      algoId: 7,
      clientAlgoId: 'tw-1',
      algoStatus: 'NEW',
      orderType: 'STOP_MARKET',
      symbol: 'BTCUSDT',
      side: 'SELL',
    },
    ...{ quantity: '0.020', price: '0.00', reduceOnly: true, updateTime: 5, actualOrderId: '' },
  }

  test.each<[string, object, object]>([
    ['stop-market', { trigger }, { type: 'STOP_MARKET', workingType: 'MARK_PRICE', triggerPrice: '59000.0' }],
    [
      'take-profit-limit',
      { trigger, timeInForce: 'GTC' },
      { type: 'TAKE_PROFIT', workingType: 'MARK_PRICE', triggerPrice: '59000.0', price: '60000.1', timeInForce: 'GTC' },
    ],
    [
      'trailing-stop',
      { trailing: { callbackBps: 150, by: 'last', activationTicks: ticks(610_000) } },
      { type: 'TRAILING_STOP_MARKET', workingType: 'CONTRACT_PRICE', callbackRate: '1.5', activatePrice: '61000.0' },
    ],
  ])('%s: exact strings to the algo service, nothing else', async (type, fields, expected) => {
    venue.routes.set(ALGO, () => ({ body: { algoId: 7 } }))
    const order = sent({ type, side: 'sell', reduceOnly: true, ...fields })
    expect(await watched.gateway.submit(order)).toEqual({ kind: 'accepted', venueId: '7' })
    const { timestamp: _t, signature: _s, recvWindow: _r, ...params } = asked(ALGO)[0]!.params
    expect(params).toEqual({
      ...{ symbol: 'BTCUSDT', side: 'SELL', quantity: '0.020', reduceOnly: 'true', algoType: 'CONDITIONAL' },
      ...{ clientAlgoId: 'tw-1', ...expected },
    })
  })

  test('good till date and position side; in hedge mode no reduceOnly', async () => {
    venue.routes.set(ORDER, () => ({ body: { orderId: 1 } }))
    const order = { timeInForce: 'GTD', expiresAt: epochMs(1_800_000_000_000), positionSide: 'long', reduceOnly: true }
    await watched.gateway.submit(sent(order))
    const { params } = asked(ORDER)[0]!
    expect(params).toMatchObject({ timeInForce: 'GTD', goodTillDate: '1800000000000', positionSide: 'LONG' })
    expect(params['reduceOnly']).toBeUndefined()
  })

  test('protection is refused before anything is sent', async () => {
    const order = sent({ protection: { stopLoss: trigger } })
    expect(await watched.gateway.submit(order)).toMatchObject({ kind: 'rejected', code: 'unsupported' })
    expect(venue.requests).toEqual([])
  })

  test('cancel and find go on to the algo service', async () => {
    venue.routes.set('DELETE /fapi/v1/order', () => refused(-2011))
    venue.routes.set('DELETE /fapi/v1/algoOrder', () => ({ body: { algoId: 7, code: '200', msg: 'success' } }))
    expect(await watched.gateway.cancel(BTC, 'tw-1')).toEqual({ kind: 'cancelled' })
    expect(asked('DELETE /fapi/v1/algoOrder')[0]!.params).toMatchObject({ clientAlgoId: 'tw-1' })
    venue.routes.set('GET /fapi/v1/order', () => refused(-2013))
    venue.routes.set('GET /fapi/v1/algoOrder', () => ({ body: waiting }))
    expect(await watched.gateway.find(BTC, 'tw-1')).toMatchObject({
      report: { venueId: '7', state: 'open', lots: 20, filledLots: 0, reduceOnly: true },
    })
  })

  test('once triggered the order it made answers, by its own id', async () => {
    const made = {
      ...{ orderId: 99, clientOrderId: 'other', status: 'FILLED', side: 'SELL', origQty: '0.020' },
      ...{ executedQty: '0.020', price: '0', reduceOnly: true, updateTime: 9 },
    }
    venue.routes.set('GET /fapi/v1/order', ({ orderId }) => (orderId === '99' ? { body: made } : refused(-2013)))
    venue.routes.set('GET /fapi/v1/algoOrder', () => ({
      body: { ...waiting, algoStatus: 'FINISHED', actualOrderId: '99' },
    }))
    expect(await watched.gateway.find(BTC, 'tw-1')).toMatchObject({
      report: { venueId: '99', clientId: 'tw-1', state: 'filled', filledLots: 20 },
    })
  })
})
