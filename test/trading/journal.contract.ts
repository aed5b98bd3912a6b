import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { OrderIntent } from '../../src/core/order.ts'
import { epochMs, lots, ticks } from '../../src/core/units.ts'
import type { Journal } from '../../src/trading/journal.port.ts'
import type { BalanceRecord, FillRecord, OrderRecord, PositionRecord } from '../../src/trading/journal-records.ts'
import { decided, decisionRecord } from './support/decisions.ts'
import { START_AT } from './support/fake-venue.ts'

const BTC = 'BTC/USDT:USDT'
const ETH = 'ETH/USDT:USDT'

export const fill = (tradeId: string, fields: Partial<FillRecord> = {}): FillRecord => ({
  symbol: BTC,
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

const external: OrderRecord = {
  clientId: 'by-hand',
  decisionId: null,
  origin: 'external',
  symbol: BTC,
  side: 'sell',
  lots: lots(3),
  type: 'market',
  price: 0,
  timeInForce: 'GTC',
  reduceOnly: true,
  createdAt: epochMs(START_AT),
  state: 'open',
  venueId: 'v7',
  filledLots: lots(0),
  appliedLots: lots(0),
  updatedAt: epochMs(START_AT),
  detail: '',
}

/** Every field that an intent may have, and the least and finest values. */
const ORDERS: readonly [string, Partial<OrderIntent>][] = [
  ['limit', {}],
  ['fill-or-kill', { timeInForce: 'FOK' }],
  ['good till a date', { timeInForce: 'GTD', expiresAt: epochMs(START_AT + 0.25) }],
  ['stop', { type: 'stop-market', trigger: { ticks: ticks(1), by: 'mark' }, reduceOnly: true }],
  ['stop-limit', { type: 'stop-limit', trigger: { ticks: ticks(2 ** 53 - 1), by: 'last' }, timeInForce: 'GTX' }],
  ['take-profit', { type: 'take-profit-market', trigger: { ticks: ticks(5), by: 'last' } }],
  ['take-profit-limit', { type: 'take-profit-limit', trigger: { ticks: ticks(5), by: 'mark' } }],
  ['trailing', { type: 'trailing-stop', trailing: { callbackBps: 0.1 + 0.2, by: 'last' } }],
  [
    'trailing from a price',
    { type: 'trailing-stop', trailing: { callbackBps: 1_000, by: 'mark', activationTicks: ticks(7) } },
  ],
  [
    'protected, in hedge mode',
    {
      protection: { stopLoss: { ticks: ticks(9), by: 'mark' }, takeProfit: { ticks: ticks(11), by: 'last' } },
      positionSide: 'long',
    },
  ],
  ['with a stop alone', { protection: { stopLoss: { ticks: ticks(9), by: 'mark' } }, positionSide: 'short' }],
]

/** What every `Journal` promises its one writer. `make` runs before each test. */
export function journalContract(name: string, make: () => { readonly journal: Journal; close(): void }): void {
  describe(`Journal contract: ${name}`, () => {
    let journal: Journal
    let close: () => void
    beforeEach(() => {
      const made = make()
      journal = made.journal
      close = () => made.close()
    })
    afterEach(() => close())

    const intend = (index: number, fields: Partial<OrderIntent> = {}) => {
      const { order, record } = decided(index, fields)
      journal.recordDecision(record)
      journal.addIntent(order)
      return { order, added: journal.order(order.clientId)! }
    }

    test.each(ORDERS)('an intent is stored and read back exactly: %s', (_name, fields) => {
      const { order } = intend(1, fields)
      const unsent = { state: 'intended', venueId: null, filledLots: 0, appliedLots: 0, updatedAt: 0, detail: '' }
      const expected = { ...order, ...unsent, origin: 'own' }
      expect(journal.order(order.clientId)).toStrictEqual(expected)
      const saved = { ...journal.order(order.clientId)!, state: 'open', venueId: 'v1' } as const
      journal.saveOrder(saved)
      expect(journal.openOrders()).toStrictEqual([saved])
    })

    test('an order through its life', () => {
      const { order, added } = intend(1)
      const saved = {
        ...added,
        state: 'partial',
        venueId: 'v9',
        filledLots: lots(3),
        appliedLots: 2,
        detail: 'x',
      } as const
      journal.saveOrder(saved)
      expect(journal.orderByVenueId(order.symbol, 'v9')).toEqual(saved)
      expect(journal.orderByVenueId(ETH, 'v9')).toBeUndefined()
      const ended = { ...saved, state: 'cancelled' } as const
      journal.saveOrder(ended)
      expect([journal.openOrders(), journal.order(order.clientId)]).toEqual([[], ended])
      expect(journal.orderByVenueId(order.symbol, 'v9')).toEqual(ended)
      journal.saveOrder(saved) // The venue proved the end wrong.
      expect(journal.openOrders()).toEqual([saved])
      expect(journal.order('nobody')).toBeUndefined()
    })

    test('open orders, the oldest first, external ones among them', () => {
      const { added: later } = intend(1, { createdAt: epochMs(START_AT + 2) })
      const { added: early } = intend(2, { createdAt: epochMs(START_AT + 1) })
      journal.addExternalOrder(external)
      expect(journal.openOrders()).toEqual([external, early, later])
      expect(() => journal.addExternalOrder(external)).toThrow()
    })

    test('one decision per instrument and bar, whatever its id', () => {
      expect(journal.recordDecision(decisionRecord(1))).toBe(true)
      expect(journal.recordDecision(decisionRecord(1, { decisionId: 'other' }))).toBe(false)
      expect(journal.recordDecision(decisionRecord(1, { decisionId: 'eth', symbol: ETH }))).toBe(true)
      expect(journal.counts()).toEqual({ decisions: 2, ordersDecided: 0, intents: 0, fills: 0 })
    })

    test('one intent per decision and client id, and none without its decision', () => {
      expect(() => journal.addIntent(decided(1).order)).toThrow()
      const { order } = intend(1)
      expect(() => journal.addIntent({ ...order, clientId: 'tw-second' })).toThrow()
      const { record } = decided(2)
      journal.recordDecision(record)
      expect(() => journal.addIntent({ ...decided(2).order, clientId: order.clientId })).toThrow()
      expect(journal.counts()).toEqual({ decisions: 2, ordersDecided: 2, intents: 1, fills: 0 })
    })

    test('a fill by instrument and trade id; fills older than the ledger are not counted', () => {
      expect(journal.addFill(fill('1', { origin: 'opening' }))).toBe(true)
      expect(journal.addFill(fill('1', { lots: lots(5) }))).toBe(false)
      expect(journal.addFill(fill('1', { symbol: ETH }))).toBe(true)
      expect(journal.counts().fills).toBe(1)
      expect(journal.fill(BTC, '1')).toEqual(fill('1', { origin: 'opening' }))
      expect(journal.fill(BTC, '2')).toBeUndefined()
      expect(journal.fillsSince(epochMs(0))).toEqual([fill('1', { symbol: ETH })])
    })

    test('fills since a time, ascending; of equal time as they came', () => {
      for (const [tradeId, at] of [
        ['a', 5],
        ['b', 9],
        ['c', 5],
        ['d', 2],
      ] as const) {
        journal.addFill(fill(tradeId, { at: epochMs(at) }))
      }
      expect(journal.fillsSince(epochMs(5)).map(({ tradeId }) => tradeId)).toEqual(['a', 'c', 'b'])
      expect([journal.lastFillAt(BTC), journal.lastFillAt(ETH)]).toEqual([9, undefined])
    })

    test('an order that learns its venue id gets the fills that came before it', () => {
      const { order } = intend(1)
      const { order: other } = intend(2)
      journal.addFill(fill('1'))
      journal.addFill(fill('2', { venueId: 'v2' }))
      journal.addFill(fill('3', { clientId: other.clientId }))
      journal.addFill(fill('4', { clientId: 'nobody we know', lots: lots(3) }))
      expect(journal.claimFills(order.symbol, 'v1', order.clientId)).toBe(5)
      expect(journal.claimFills(order.symbol, 'v1', order.clientId)).toBe(0)
      expect(journal.fill(BTC, '1')).toMatchObject({ clientId: order.clientId, origin: 'own' })
      expect(journal.fill(BTC, '2')).toMatchObject({ clientId: '', origin: 'external' })
      expect(journal.fill(BTC, '3')).toMatchObject({ clientId: other.clientId, origin: 'external' })
      expect(journal.fill(BTC, '4')).toMatchObject({ clientId: order.clientId, origin: 'own' })
      expect(journal.fillsSince(epochMs(0)).map(({ origin }) => origin)).toEqual(['own', 'external', 'external', 'own'])
    })

    test('positions and balances: the last of each, in the order of their names', () => {
      const position: PositionRecord = {
        ...{ symbol: ETH, lots: lots(-2), entryTicks: '10.5', openingLots: lots(0), openedAt: epochMs(1) },
        ...{ realised: '0', fees: '0', updatedAt: epochMs(2) },
      }
      journal.savePosition(position)
      journal.savePosition({ ...position, lots: lots(3) })
      journal.savePosition({ ...position, symbol: BTC })
      expect(journal.positions()).toEqual([
        { ...position, symbol: BTC },
        { ...position, lots: 3 },
      ])
      const balance: BalanceRecord = {
        ...{ currency: 'USDT', start: '1', realised: '2', fees: '3', cash: '4', wallet: '4', venueWallet: '4' },
        updatedAt: epochMs(2),
      }
      journal.saveBalance(balance)
      journal.saveBalance({ ...balance, currency: 'BTC' })
      journal.saveBalance({ ...balance, wallet: '5' })
      expect(journal.balances()).toEqual([
        { ...balance, currency: 'BTC' },
        { ...balance, wallet: '5' },
      ])
    })

    test('cash once by all of its fields', () => {
      const cash = { currency: 'USDT', amount: '-0.5', reason: 'FUNDING_FEE', at: epochMs(8) }
      expect(journal.addCash(cash)).toBe(true)
      expect(journal.addCash({ ...cash })).toBe(false)
      for (const other of [{ currency: 'BTC' }, { amount: '0.5' }, { reason: 'TRANSFER' }, { at: epochMs(9) }]) {
        expect(journal.addCash({ ...cash, ...other })).toBe(true)
      }
    })

    test('a latch keeps its first reason', () => {
      const latch = { name: 'kill', reason: 'by hand', at: epochMs(5) }
      journal.setLatch(latch)
      journal.setLatch({ ...latch, reason: 'later' })
      journal.setLatch({ ...latch, name: 'drawdown', at: epochMs(4) })
      expect(journal.latches()).toEqual([{ ...latch, name: 'drawdown', at: 4 }, latch])
      journal.clearLatch('kill')
      journal.clearLatch('drawdown')
      expect(journal.latches()).toEqual([])
    })

    test('notes by key', () => {
      journal.setMeta('config', 'a')
      journal.setMeta('config', 'b')
      expect([journal.meta('config'), journal.meta('none')]).toEqual(['b', undefined])
    })

    test('a transaction gives back what its work does', () => {
      expect(journal.transaction(() => journal.recordDecision(decisionRecord(1)))).toBe(true)
      expect(journal.counts().decisions).toBe(1)
    })
  })
}
