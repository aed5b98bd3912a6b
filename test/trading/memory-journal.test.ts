import { describe, expect, test } from 'vitest'
import type { OrderState } from '../../src/core/order.ts'
import { epochMs } from '../../src/core/units.ts'
import { memoryJournal } from '../../src/trading/memory-journal.ts'
import { trader } from '../../src/trading/trader.ts'
import { fill, journalContract } from './journal.contract.ts'
import { decided, decisionRecord } from './support/decisions.ts'
import { BTC, fakeVenue, virtualTime } from './support/fake-venue.ts'

journalContract('memory', () => ({ journal: memoryJournal(), close: () => undefined }))

test('what throws inside a transaction ends the run: nothing is rolled back, and no transaction follows', () => {
  const journal = memoryJournal()
  const fail = () =>
    journal.transaction(() => {
      journal.recordDecision(decisionRecord(1))
      throw new Error('a bug')
    })
  expect(fail).toThrow('a bug')
  expect(journal.counts().decisions).toBe(1)
  expect(() => journal.transaction(() => 1)).toThrow('the journal broke before: a bug')
})

test('a transaction does not nest', () => {
  const journal = memoryJournal()
  expect(() => journal.transaction(() => journal.transaction(() => 1))).toThrow('a transaction inside a transaction')
})

test('a trader keeps its ledger in it', async () => {
  const time = virtualTime()
  const venue = fakeVenue(time.clock)
  const journal = memoryJournal()
  const settings = { reconcileMs: 0 }
  const subject = trader({ gateway: venue.gateway, journal, instruments: [BTC], ...time, settings })
  await subject.start()
  for (const index of [1, 2, 3]) {
    const { order, record } = decided(index, { side: index === 3 ? 'sell' : 'buy' })
    subject.place(order, record)
    await subject.settled()
    venue.deliver()
  }
  expect(subject.position(BTC.symbol)?.lots).toBe(venue.position())
  expect(subject.money('USDT')?.wallet).toBe(venue.wallet())
  expect(journal.counts()).toEqual({ decisions: 3, ordersDecided: 3, intents: 3, fills: 3 })
  expect((await subject.reconcile('periodic')).mismatches).toEqual([])
  await subject.stop()
})

test('bars ascend: an older decision is a bug', () => {
  const journal = memoryJournal()
  journal.recordDecision(decisionRecord(2))
  expect(() => journal.recordDecision(decisionRecord(1))).toThrow('decisions of an instrument ascend')
  expect(() => journal.addIntent(decided(1).order)).toThrow('one intent, of the last decision')
})

describe('bounds', () => {
  const journalOf = (max: number) => memoryJournal({ endedOrdersMax: max, fillsMax: max, cashMax: max })
  const intendAll = (journal: ReturnType<typeof journalOf>, count: number) =>
    Array.from({ length: count }, (_, index) => {
      const { order, record } = decided(index)
      journal.recordDecision(record)
      journal.addIntent(order)
      return journal.order(order.clientId)!
    })

  test('the last orders to end are kept, and every one that lives', () => {
    const journal = journalOf(2)
    const orders = intendAll(journal, 5)
    const end = (at: number, state: OrderState = 'filled') =>
      journal.saveOrder({ ...orders[at]!, state, venueId: `v${at}` })
    const kept = () => orders.map(({ clientId }) => journal.order(clientId) !== undefined)
    for (const at of [1, 0, 3]) end(at)
    expect(kept()).toEqual([true, false, true, true, true])
    expect(journal.orderByVenueId(orders[1]!.symbol, 'v1')).toBeUndefined()
    end(0, 'partial') // Found alive again: not forgotten when its turn comes.
    end(2)
    end(4)
    expect(kept()).toEqual([true, false, true, false, true])
    expect(journal.openOrders()).toHaveLength(1)
    end(0)
    expect(kept()).toEqual([true, false, false, false, true])
  })

  test('fills: the last are kept; what cannot be told any more is not guessed', () => {
    const journal = journalOf(2)
    for (const at of [1, 2, 3]) expect(journal.addFill(fill(`t${at}`, { at: epochMs(at) }))).toBe(true)
    expect(journal.fill('BTC/USDT:USDT', 't1')).toBeUndefined()
    expect(journal.fillsSince(epochMs(1.5)).map(({ tradeId }) => tradeId)).toEqual(['t2', 't3'])
    expect(() => journal.fillsSince(epochMs(1))).toThrow('fills since a time of which all are kept, the last 2')
    expect(() => journal.addFill(fill('t1', { at: epochMs(1) }))).toThrow('a fill younger than those forgotten')
    expect(journal.counts().fills).toBe(3)
    expect(journal.claimFills('BTC/USDT:USDT', 'v1', 'nobody')).toBe(0)
  })

  test('cash: one that may have been booked and forgotten is not booked again', () => {
    const journal = journalOf(2)
    const cash = (at: number) => ({ currency: 'USDT', amount: '1', reason: 'FUNDING_FEE', at: epochMs(at) })
    for (const at of [1, 2, 3]) expect(journal.addCash(cash(at))).toBe(true)
    expect(journal.addCash(cash(2))).toBe(false)
    expect(() => journal.addCash(cash(1))).toThrow('cash younger than what is forgotten')
  })
})
