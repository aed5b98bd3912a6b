import { expect } from 'vitest'
import { type EpochMs, epochMs } from '../../../../src/core/units.ts'
import type { HttpMethod } from '../../../../src/simulation/binance/request.ts'
import { type PureBinance, pureBinance, START_AT } from '../../../support/simulated-binance.ts'

// One exchange for the test that runs: `open` makes a fresh one.
export type Json = Record<string, unknown>

export let venue: PureBinance
export let now: EpochMs

export const call = (method: HttpMethod, path: string, params: Record<string, string> = {}, account = 'a') =>
  venue.protocol.handle({ method, path, params, account, now })
export const body = <T = Json>(...args: Parameters<typeof call>) => {
  const response = call(...args)
  expect(response).toMatchObject({ status: 200 })
  return response.body as T
}
/** Lets the exchange live and returns what the user streams say. */
export const live = (ms = 0) => {
  now = epochMs(now + ms)
  return venue.protocol
    .frames(now, () => false)
    .users.map(({ account, data }) => ({
      account,
      ...(JSON.parse(data) as Json & { e: string; o: Json; a: Json }),
    }))
}
export const quote = () => {
  const { bids, asks } = venue.exchange.depth('BTC/USDT:USDT', 1)
  return { bid: bids[0]![0], ask: asks[0]![0] }
}
export const price = (ticks: number) => (ticks / 10).toFixed(1)
export const limit = (extra: Record<string, string> = {}) => ({
  symbol: 'BTCUSDT',
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '0.010',
  price: price(quote().bid - 1_000),
  newOrderRespType: 'RESULT',
  ...extra,
})
export const market = (side: 'BUY' | 'SELL', quantity: string, extra: Record<string, string> = {}) => ({
  symbol: 'BTCUSDT',
  side,
  type: 'MARKET',
  quantity,
  newOrderRespType: 'RESULT',
  ...extra,
})

export function open(): void {
  venue = pureBinance({ fundingIntervalMs: 30_000 })
  now = START_AT
  call('GET', '/fapi/v3/balance') // The account's first sight: its deposit goes out before the tests look.
  live(5_000)
}
