import { check } from '../core/check.ts'
import { InvariantError, messageOf } from '../core/errors.ts'
import type { InstrumentSymbol } from '../core/instrument.ts'
import type { EpochMs } from '../core/units.ts'
import type { Journal, JournalCounts } from './journal.port.ts'
import type { BalanceRecord, LatchRecord, PositionRecord } from './journal-records.ts'
import { cashMemory } from './memory/cash-memory.ts'
import { fillMemory } from './memory/fill-memory.ts'
import { orderMemory } from './memory/order-memory.ts'

/** What is remembered of the past; what is alive is kept whole. Counts. */
export interface MemoryJournalBounds {
  /** Orders that are over, the last to end. */
  readonly endedOrdersMax: number
  /** The last fills; a day's must fit, since the day's money is summed from them. */
  readonly fillsMax: number
  /** The last cash bookings, to know one that is told again. */
  readonly cashMax: number
}

export const MEMORY_JOURNAL_BOUNDS: MemoryJournalBounds = { endedOrdersMax: 50_000, fillsMax: 50_000, cashMax: 10_000 }

/** Written over by each decision: it is made a million times. */
interface LastDecision {
  decisionId: string
  barEndAt: EpochMs
  hasIntent: boolean
}

/**
 * The journal of a backtest: what the ledger asks for again is kept in memory, nothing is written. Of decisions only the last of each
 * instrument is remembered, since bars close in the order of time: one before it is a bug. Questions that reach past what is kept
 * (`MemoryJournalBounds`) throw `InvariantError`: they are never answered in part.
 *
 * Nothing is rolled back: what throws inside a transaction is a bug that ends the run, and every later transaction throws as well.
 */
export function memoryJournal(bounds: MemoryJournalBounds = MEMORY_JOURNAL_BOUNDS): Journal {
  const counts: { -readonly [K in keyof JournalCounts]: number } = {
    decisions: 0,
    ordersDecided: 0,
    intents: 0,
    fills: 0,
  }
  const last = new Map<InstrumentSymbol, LastDecision>()
  const orders = orderMemory(bounds.endedOrdersMax)
  const fills = fillMemory(bounds.fillsMax)
  const cash = cashMemory(bounds.cashMax)
  const positions = new Map<InstrumentSymbol, PositionRecord>()
  const balances = new Map<string, BalanceRecord>()
  const latches = new Map<string, LatchRecord>()
  const meta = new Map<string, string>()

  return {
    transaction: transactions(),
    recordDecision({ decisionId, symbol, barEndAt, clientId }) {
      const before = last.get(symbol)
      if (!before) last.set(symbol, { decisionId, barEndAt, hasIntent: false })
      else {
        if (barEndAt === before.barEndAt) return false
        check(barEndAt > before.barEndAt, 'decisions of an instrument ascend', decisionId)
        before.decisionId = decisionId
        before.barEndAt = barEndAt
        before.hasIntent = false
      }
      counts.decisions++
      if (clientId !== null) counts.ordersDecided++
      return true
    },
    recordLatency: () => undefined,
    addIntent(intent) {
      const { symbol, decisionId } = intent
      const decision = last.get(symbol)
      if (decision?.decisionId !== decisionId || decision.hasIntent) {
        throw new InvariantError('one intent, of the last decision', { symbol, decisionId })
      }
      orders.addOwn(intent)
      decision.hasIntent = true
      counts.intents++
    },
    addExternalOrder: orders.add,
    saveOrder: orders.save,
    order: orders.byClientId,
    orderByVenueId: orders.byVenueId,
    openOrders: orders.open,
    addFill(record) {
      if (!fills.add(record)) return false
      if (record.origin !== 'opening') counts.fills++
      return true
    },
    fill: fills.find,
    claimFills(symbol, venueId, clientId) {
      const origin = orders.byClientId(clientId)?.origin
      if (origin === undefined) return 0
      const isFree = (owner: string) => owner === clientId || orders.byClientId(owner) === undefined
      return fills.claim(symbol, venueId, { clientId, origin }, isFree)
    },
    fillsSince: fills.since,
    lastFillAt: fills.lastAt,
    savePosition: (position) => void positions.set(position.symbol, position),
    positions: () => byKey(positions),
    saveBalance: (balance) => void balances.set(balance.currency, balance),
    balances: () => byKey(balances),
    addCash: cash.add,
    setLatch(latch) {
      if (!latches.has(latch.name)) latches.set(latch.name, latch)
    },
    clearLatch: (name) => void latches.delete(name),
    latches: () => [...latches.values()].sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1)),
    counts: () => ({ ...counts }),
    meta: (key) => meta.get(key),
    setMeta: (key, value) => void meta.set(key, value),
  }
}

function transactions(): Journal['transaction'] {
  let isInside = false
  let broken: unknown
  return (work) => {
    if (broken !== undefined) throw new InvariantError(`the journal broke before: ${messageOf(broken)}`)
    check(!isInside, 'a transaction inside a transaction', true)
    isInside = true
    try {
      return work()
    } catch (error) {
      broken = error
      throw error
    } finally {
      isInside = false
    }
  }
}

const byKey = <T>(records: ReadonlyMap<string, T>): readonly T[] =>
  [...records].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record)
