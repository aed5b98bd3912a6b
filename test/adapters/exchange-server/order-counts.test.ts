import { expect, test } from 'vitest'
import { orderCounts } from '../../../src/adapters/exchange-server/order-counts.ts'
import { epochMs } from '../../../src/core/units.ts'

test('300 orders in ten seconds and 1,200 in a minute for each account; what is refused and what asks does not count', () => {
  const counts = orderCounts()
  const add = (seconds: number, account = 'a', method = 'POST', path = '/fapi/v1/order') =>
    counts.add(account, method, path, epochMs(1_800_000_000_000 + seconds * 1000))
  const burst = (seconds: number) => {
    for (let count = 0; count < 300; count += 1) expect(add(seconds)?.broken).toBeUndefined()
  }
  expect(add(0, 'a', 'GET')).toBeUndefined()
  expect(add(0, 'a', 'DELETE')).toBeUndefined()
  expect(add(0, 'a', 'PUT')?.headers).toEqual({ 'x-mbx-order-count-10s': '1', 'x-mbx-order-count-1m': '1' })
  for (let count = 1; count < 300; count += 1) add(1, 'a', 'POST', '/fapi/v1/algoOrder')
  expect(add(9)?.broken).toMatch(/300 orders/)
  expect(add(9, 'b')?.broken).toBeUndefined()
  burst(10)
  burst(20)
  burst(30)
  expect(add(40)?.broken).toMatch(/1200 orders/)
  expect(add(60)?.broken).toBeUndefined()
})
