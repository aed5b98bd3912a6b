import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openState, type State } from '../../../src/adapters/sqlite/open-state.ts'
import { epochMs, lots, ticks } from '../../../src/core/units.ts'
import type { FillRecord } from '../../../src/trading/journal-records.ts'
import { decided, decisionRecord } from '../../trading/support/decisions.ts'

let state: State
beforeEach(() => {
  state = openState(':memory:', { mode: 'test', venue: 'fake' })
})
afterEach(() => state.close())

const fill = (tradeId: string, fields: Partial<FillRecord> = {}): FillRecord => ({
  symbol: 'BTC/USDT:USDT',
  tradeId,
  clientId: '',
  venueId: 'v1',
  origin: 'external',
  side: 'buy',
  price: ticks(1000),
  lots: lots(2),
  fee: '-0.00000001',
  feeCurrency: 'USDT',
  realisedPnl: '0.1',
  maker: true,
  at: epochMs(1000.25),
  ...fields,
})

test('what is written is read back equal', () => {
  const { journal } = state
  const { order, record } = decided(1)
  journal.recordDecision(record)
  journal.addIntent(order)
  const added = journal.order(order.clientId)!
  expect(added).toMatchObject({ ...order, origin: 'own', state: 'intended', venueId: null, filledLots: 0, detail: '' })
  const saved = { ...added, state: 'partial', venueId: 'v9', filledLots: 3, appliedLots: 2, detail: 'x' } as const
  journal.saveOrder(saved)
  expect(journal.order(order.clientId)).toEqual(saved)
  expect(journal.orderByVenueId(order.symbol, 'v9')).toEqual(saved)
  expect(journal.openOrders()).toEqual([saved])
  journal.saveOrder({ ...saved, state: 'cancelled' })
  expect(journal.openOrders()).toEqual([])
  expect(journal.addFill(fill('1'))).toBe(true)
  expect(journal.fill('BTC/USDT:USDT', '1')).toEqual(fill('1'))
  const latch = { name: 'kill', reason: 'by hand', at: epochMs(5) }
  journal.setLatch(latch)
  journal.setLatch({ ...latch, reason: 'later' })
  expect(journal.latches()).toEqual([latch])
  journal.clearLatch('kill')
  expect(journal.latches()).toEqual([])
  journal.setMeta('config', 'a')
  journal.setMeta('config', 'b')
  expect(journal.meta('config')).toBe('b')
})

describe('idempotence', () => {
  test('one decision per instrument and bar, whatever its id', () => {
    expect(state.journal.recordDecision(decisionRecord(1))).toBe(true)
    expect(state.journal.recordDecision(decisionRecord(1, { decisionId: 'other' }))).toBe(false)
    expect(state.journal.counts().decisions).toBe(1)
  })

  test('one intent per decision', () => {
    const { order, record } = decided(1)
    state.journal.recordDecision(record)
    state.journal.addIntent(order)
    expect(() => state.journal.addIntent({ ...order, clientId: 'tw-second' })).toThrow('UNIQUE constraint failed')
  })

  test('a fill by instrument and trade id; fills older than the ledger are not counted', () => {
    expect(state.journal.addFill(fill('1', { origin: 'opening' }))).toBe(true)
    expect(state.journal.addFill(fill('1', { lots: lots(5) }))).toBe(false)
    expect(state.journal.addFill(fill('1', { symbol: 'ETH/USDT:USDT' }))).toBe(true)
    expect(state.journal.counts().fills).toBe(1)
    expect(state.journal.fillsSince(epochMs(0)).map(({ symbol }) => symbol)).toEqual(['ETH/USDT:USDT'])
    expect(state.journal.lastFillAt('BTC/USDT:USDT')).toBe(1000.25)
  })
})

test('an order that learns its venue id gets the fills that came before it', () => {
  const { order, record } = decided(1)
  state.journal.recordDecision(record)
  state.journal.addIntent(order)
  state.journal.addFill(fill('1'))
  state.journal.addFill(fill('2', { venueId: 'v2' }))
  expect(state.journal.claimFills(order.symbol, 'v1', order.clientId)).toBe(2)
  expect(state.journal.claimFills(order.symbol, 'v1', order.clientId)).toBe(0)
  expect(state.journal.fill(order.symbol, '1')).toMatchObject({ clientId: order.clientId, origin: 'own' })
  expect(state.journal.fill(order.symbol, '2')).toMatchObject({ clientId: '', origin: 'external' })
})

test.each([
  { what: 'a fill of no lots', write: () => state.journal.addFill(fill('1', { lots: lots(0) })) },
  { what: 'an unknown side', write: () => state.journal.addFill(fill('1', { side: 'up' as never })) },
  { what: 'an intent without its decision', write: () => state.journal.addIntent(decided(1).order) },
  { what: 'text for a number', write: () => state.journal.addFill(fill('1', { at: 'soon' as never })) },
])('$what is refused by the database itself', ({ write }) => {
  expect(write).toThrow(/constraint|cannot store/i)
})

test('a transaction that throws leaves nothing, counts included', () => {
  expect(() =>
    state.journal.transaction(() => {
      state.journal.recordDecision(decisionRecord(1))
      throw new Error('stop')
    }),
  ).toThrow('stop')
  expect(state.journal.counts().decisions).toBe(0)
})
