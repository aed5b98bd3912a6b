import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Big from 'big.js'
import { expect } from 'vitest'
import { openState, type State } from '../../../src/adapters/sqlite/open-state.ts'
import { type OrderState, TERMINAL } from '../../../src/core/order.ts'
import { epochMs, signOf } from '../../../src/core/units.ts'
import type { Journal } from '../../../src/trading/journal.port.ts'
import { TRANSITIONS } from '../../../src/trading/order-lifecycle.ts'
import { type Trader, trader } from '../../../src/trading/trader.ts'
import type { TraderEvent } from '../../../src/trading/trader-event.ts'
import type { TraderSettings } from '../../../src/trading/trader-settings.ts'
import { BTC, fakeVenue, virtualTime } from './fake-venue.ts'

/** A trader, its state file and a fake venue. `crash` drops everything in memory and opens the file again. */
export async function traderBench(
  settings: Partial<TraderSettings> = {},
  tamper = (journal: Journal): Journal => journal,
) {
  const folder = mkdtempSync(join(tmpdir(), 'tickwright-trader-'))
  const path = join(folder, 'test.sqlite')
  const time = virtualTime()
  const venue = fakeVenue(time.clock)
  let state: State
  let subject: Trader
  let events: TraderEvent[] = []
  const violations: string[] = []

  function open(): void {
    state = openState(path, { mode: 'test', venue: 'fake' })
    subject = trader({
      gateway: venue.gateway,
      journal: tamper(state.journal),
      instruments: [BTC],
      ...time,
      settings: { reconcileMs: 0, ...settings },
    })
    events = []
    const states = new Map<string, OrderState>(state.journal.openOrders().map((order) => [order.clientId, order.state]))
    subject.events$.subscribe((event) => {
      events.push(event)
      if (event.kind !== 'order') return
      const { clientId, state: next } = event.order
      const before = states.get(clientId) ?? (event.order.origin === 'own' ? 'intended' : next)
      const isLegal = next === before || TRANSITIONS[before].has(next) || event.correction
      if (!isLegal) violations.push(`I6: ${clientId} ${before} -> ${next}`)
      states.set(clientId, next)
    })
    venue.script.onSubmit = ({ clientId }) => {
      if (!state.journal.order(clientId)) violations.push(`I4: ${clientId} sent before it was written`)
    }
  }
  open()
  return {
    time,
    venue,
    path,
    get trader() {
      return subject
    },
    get journal() {
      return state.journal
    },
    get events() {
      return events
    },
    async crash(): Promise<void> {
      // The old object gets no more frames and can write no more: its answers come to nothing.
      state.close()
      venue.pending.length = 0
      open()
      await subject.start()
    },
    async close(): Promise<void> {
      await subject.stop()
      state.close()
      rmSync(folder, { recursive: true })
    },
    /** I1–I6, I10: the ledger is what the venue's is. */
    expectAgreement(): void {
      const { journal } = state
      const own = [...venue.orders.values()].filter(({ clientId }) => clientId.startsWith('tw-'))
      expect(violations).toEqual([])
      const position = subject.position(BTC.symbol)
      const applied = journal.fillsSince(epochMs(0))
      const sum = applied.reduce((total, { side, lots: size }) => total + signOf(side) * size, 0)
      expect(position?.lots).toBe(venue.position())
      expect(sum + (position?.openingLots ?? 0)).toBe(position?.lots) // I1
      for (const report of own) {
        const row = journal.order(report.clientId) // I2
        expect(row).toMatchObject({ state: report.state, filledLots: report.filledLots, venueId: report.venueId })
        expect(row?.appliedLots).toBe(report.filledLots)
      }
      for (const order of journal.openOrders()) {
        const atVenue = venue.orders.get(order.clientId)
        expect(atVenue !== undefined && !TERMINAL.has(atVenue.state)).toBe(true)
      }
      expect(venue.submitted.length).toBe(new Set(venue.submitted).size) // I3
      expect(venue.submitted.length).toBeLessThanOrEqual(journal.counts().intents)
      expect(applied.map(({ tradeId }) => tradeId).sort()).toEqual(venue.fills.map(({ tradeId }) => tradeId).sort()) // I5
      const money = subject.money('USDT')
      expect(new Big(money?.wallet ?? 0).toFixed()).toBe(venue.wallet()) // I10
    },
  }
}
