import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openJournalReader } from '../../src/adapters/sqlite/journal-reader.ts'
import { epochMs, lots, ticks } from '../../src/core/units.ts'
import { approved } from './support/approved.ts'
import { traderBench } from './support/bench.ts'
import { decided, decisionRecord } from './support/decisions.ts'
import { BTC, START_AT } from './support/fake-venue.ts'

let bench: Awaited<ReturnType<typeof traderBench>>
beforeEach(async () => {
  bench = await traderBench()
})
afterEach(() => bench.close())

const place = (index: number, fields = {}) => {
  const { order, record } = decided(index, fields)
  return { order, placement: bench.trader.place(order, record) }
}
const orderOf = (index: number) => bench.journal.order(decided(index).order.clientId)

describe('a submission', () => {
  test('accepted and filled: ledger, position, money and counts follow the venue', async () => {
    await bench.trader.start()
    expect(bench.trader.money('USDT')).toMatchObject({ wallet: '10000', feesToday: '0' })
    const { placement } = place(1)
    expect(placement).toMatchObject({ kind: 'sent', closeToSendMs: null })
    expect(bench.trader.openOrders(BTC.symbol)).toMatchObject([{ state: 'submitting' }])
    await bench.trader.settled()
    bench.venue.deliver()
    bench.expectAgreement()
    expect(orderOf(1)).toMatchObject({ state: 'filled', filledLots: 10, appliedLots: 10 })
    expect(bench.trader.money('USDT')).toMatchObject({ wallet: '9990', fees: '10', feesToday: '10' })
    expect(bench.journal.counts()).toEqual({ decisions: 1, ordersDecided: 1, intents: 1, fills: 1 })
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set())
  })

  test('how long the venue took to answer is written down; how long an answer was waited for in vain is not', async () => {
    await bench.trader.start()
    const sent = bench.venue.script.onSubmit
    bench.venue.script.onSubmit = (order) => {
      sent(order)
      bench.time.advance(7)
    }
    const latencies: unknown[] = []
    for (const [index, fate] of (['ok', 'reject', 'lose-response'] as const).entries()) {
      bench.venue.script.fate = fate
      place(index + 1)
      await bench.trader.settled()
      const reader = openJournalReader(bench.path)
      latencies.push(reader.latestDecision()?.decision.latency.sendToAnswerMs)
      reader.close()
    }
    expect(latencies).toEqual([7, 7, null])
  })

  test('rejected: terminal at once, with the venue’s words', async () => {
    await bench.trader.start()
    bench.venue.script.fate = 'reject'
    place(1)
    await bench.trader.settled()
    expect(orderOf(1)).toMatchObject({ state: 'rejected', detail: '-2019: Margin is insufficient.' })
    bench.expectAgreement()
  })

  test('the same bar decided again is a duplicate: nothing is sent', async () => {
    await bench.trader.start()
    place(1)
    expect(place(1).placement).toEqual({ kind: 'duplicate' })
    await bench.trader.settled()
    expect(bench.venue.submitted).toHaveLength(1)
  })

  test('a decision without an order is one row', async () => {
    await bench.trader.start()
    expect(bench.trader.record(decisionRecord(1))).toEqual({ kind: 'recorded' })
    expect(bench.trader.record(decisionRecord(1))).toEqual({ kind: 'duplicate' })
    expect(bench.journal.counts()).toMatchObject({ decisions: 1, ordersDecided: 0 })
  })

  test('a batch is one transaction: when one entry cannot be written, none is and none is sent', async () => {
    await bench.trader.start()
    const second = { ...decided(2), record: { ...decided(2).record, target: undefined as never } }
    expect(() => bench.trader.commit([decided(1), second])).toThrow()
    expect(bench.journal.counts()).toMatchObject({ decisions: 0, intents: 0 })
    expect(bench.venue.submitted).toEqual([])
    expect(bench.trader.freezes(BTC.symbol)).toContain('halted')
  })

  test('more sends than the store has intents: a bug, halted before the order leaves', async () => {
    const lying = await traderBench({}, (journal) => ({
      ...journal,
      counts: () => ({ ...journal.counts(), intents: 0 }),
    }))
    await lying.trader.start()
    const { order, record } = decided(1)
    expect(() => lying.trader.place(order, record)).toThrow('decisions ≥ intents ≥ sends')
    expect(lying.venue.submitted).toEqual([])
    expect(lying.journal.latches()).toMatchObject([{ name: 'order-protocol' }])
    await lying.close()
  })

  test('an order that is not its decision’s is a bug: halted and latched across restarts', async () => {
    await bench.trader.start()
    expect(() => bench.trader.place(decided(1).order, decided(2).record)).toThrow('must agree')
    expect(bench.venue.submitted).toEqual([])
    await bench.crash()
    expect(bench.trader.freezes(BTC.symbol)).toContain('halted')
  })
})

describe('an unknown answer', () => {
  test('response lost: found by its client id, never sent again (fault 1)', async () => {
    await bench.trader.start()
    bench.venue.script.fate = 'lose-response'
    bench.venue.hideFor(1)
    place(1)
    const seen: string[] = []
    bench.trader.events$.subscribe((event) => {
      if (event.kind === 'order') seen.push(event.order.state, ...bench.trader.freezes(BTC.symbol))
    })
    await bench.trader.settled()
    expect(seen.slice(0, 2)).toEqual(['unknown', 'unknown-order'])
    bench.venue.deliver()
    bench.expectAgreement()
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set())
  })

  test('request lost: absent is believed only after the guard and two lookups (fault 2)', async () => {
    await bench.trader.start()
    bench.venue.script.fate = 'lose-request'
    const startedAt = bench.time.clock.now()
    place(1)
    await bench.trader.settled()
    expect(orderOf(1)).toMatchObject({ state: 'absent' })
    expect(bench.time.clock.now() - startedAt).toBeGreaterThanOrEqual(5_000)
    bench.expectAgreement()
  })

  test('without a guard, absent still takes two lookups', async () => {
    const eager = await traderBench({ absentGuardMs: 0 })
    await eager.trader.start()
    eager.venue.script.fate = 'lose-request'
    const { order, record } = decided(1)
    eager.trader.place(order, record)
    await eager.trader.settled()
    expect(eager.venue.lookups()).toBe(2)
    expect(eager.journal.order(order.clientId)?.state).toBe('absent')
    await eager.close()
  })

  test('fills met before the order’s venue id was known are given to it', async () => {
    await bench.trader.start()
    bench.venue.script.fate = 'hang'
    place(1)
    expect(await bench.trader.reconcile('periodic')).toMatchObject({ fillsFound: 1, positionMatches: true })
    expect(bench.journal.fillsSince(epochMs(0))).toMatchObject([{ origin: 'external' }])
    bench.venue.deliver((frames) => frames.filter(({ kind }) => kind === 'order'))
    expect(bench.journal.fillsSince(epochMs(0))).toMatchObject([{ origin: 'own' }])
    bench.expectAgreement()
    await bench.crash() // Its answer never comes.
    bench.expectAgreement()
  })

  test.each([
    { hiddenMs: 4_000, state: 'filled' },
    { hiddenMs: 60_000, state: 'absent' },
  ])('the venue hides the order for $hiddenMs ms: $state (fault 16)', async ({ hiddenMs, state }) => {
    await bench.trader.start()
    bench.venue.script.fate = 'lose-response'
    bench.venue.hideFor(hiddenMs)
    place(1)
    await bench.trader.settled()
    expect(orderOf(1)?.state).toBe(state)
    bench.time.advance(60_000)
    bench.venue.deliver() // The venue proves it wrong: a correction, and the books are right.
    bench.expectAgreement()
    expect(bench.events.some((event) => event.kind === 'order' && event.correction)).toBe(state === 'absent')
  })

  test('the venue stays silent: unknown, frozen, and resolved by the next reconciliation', async () => {
    await bench.trader.start()
    bench.venue.script.fate = 'lose-response'
    bench.venue.setSilent(true)
    place(1)
    await bench.trader.settled()
    expect(orderOf(1)?.state).toBe('unknown')
    expect(await bench.trader.reconcile('periodic')).toMatchObject({ answered: false, cause: 'no answer' })
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set(['unreconciled', 'unknown-order']))
    bench.venue.setSilent(false)
    expect(await bench.trader.reconcile('periodic')).toMatchObject({ answered: true, fillsFound: 1, ordersUnknown: 0 })
    bench.expectAgreement()
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set())
  })
})

describe('what the stream tells', () => {
  test('report and fill before the answer (faults 4, 9): the answer changes nothing', async () => {
    await bench.trader.start()
    place(1)
    bench.venue.deliver((frames) => frames.reverse())
    await bench.trader.settled()
    bench.expectAgreement()
  })

  test('duplicates and repeats are applied once (fault 10)', async () => {
    await bench.trader.start()
    place(1)
    await bench.trader.settled()
    const frames = [...bench.venue.pending]
    bench.venue.deliver((pending) => [...pending, ...pending, ...pending])
    for (const frame of frames) bench.venue.emit(frame)
    bench.expectAgreement()
    expect(bench.events.filter(({ kind }) => kind === 'fill')).toHaveLength(1)
  })

  test('same trade id, other size: dropped, told, and the venue is asked (fault 11)', async () => {
    await bench.trader.start()
    place(1, { timeInForce: 'GTC' })
    await bench.trader.settled()
    bench.venue.deliver()
    bench.venue.emit({ kind: 'fill', fill: { ...bench.venue.fills[0]!, lots: lots(9) } })
    await bench.trader.settled()
    bench.expectAgreement()
    const told = bench.events.map(({ kind }) => kind).filter((kind) => kind === 'noisy-fill' || kind === 'reconciled')
    expect(told).toEqual(['reconciled', 'noisy-fill', 'reconciled']) // The first is the start.
  })

  test('a lost fill frame is fetched after the settle time; entries wait for it (fault 13)', async () => {
    await bench.trader.start()
    place(1, { timeInForce: 'GTC' })
    await bench.trader.settled()
    bench.venue.deliver((frames) => frames.filter(({ kind }) => kind !== 'fill'))
    expect(bench.trader.freezes(BTC.symbol)).toContain('fills-missing')
    await bench.trader.settled()
    bench.expectAgreement()
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set())
  })

  test('late fill after a cancel: the fill counts, the order stays cancelled (fault 14)', async () => {
    await bench.trader.start()
    bench.venue.script.fillLots = 4
    const { order } = place(1, { timeInForce: 'GTC' })
    await bench.trader.settled()
    expect(await bench.trader.cancelAll()).toMatchObject([{ outcome: 'confirmed', detail: 'cancelled' }])
    expect(orderOf(1)).toMatchObject({ state: 'cancelled', filledLots: 4, appliedLots: 0 })
    bench.venue.deliver()
    bench.expectAgreement()
    expect(bench.journal.order(order.clientId)).toMatchObject({ state: 'cancelled', appliedLots: 4 })
    expect(await bench.trader.cancelAll()).toEqual([])
  })

  test('orders and fills made by hand are external, and part of the position (fault 19)', async () => {
    await bench.trader.start()
    bench.venue.byHand(approved({ clientId: 'web-1', lots: lots(3) }))
    bench.venue.deliver()
    bench.venue.byHand(approved({ clientId: 'web-2', lots: lots(2) }))
    bench.venue.pending.length = 0 // Nobody told us of the second.
    expect(await bench.trader.reconcile('periodic')).toMatchObject({ fillsFound: 1, positionMatches: true })
    expect(bench.trader.position(BTC.symbol)).toMatchObject({ lots: 5 })
    expect(bench.journal.fillsSince(epochMs(0)).map(({ origin }) => origin)).toEqual(['external', 'external'])
    expect(bench.journal.order('web-1')).toMatchObject({ origin: 'external', state: 'filled' })
  })

  test('an overfill freezes the instrument and the position is the venue’s (fault 18)', async () => {
    await bench.trader.start()
    place(1)
    await bench.trader.settled()
    bench.venue.execute(decided(1).order.clientId, 1)
    bench.venue.deliver()
    bench.expectAgreement()
    expect(bench.trader.freezes(BTC.symbol)).toContain('overfill')
  })

  test('funding is booked once; an unexplained wallet change is found and booked (fault 20)', async () => {
    await bench.trader.start()
    bench.venue.transfer(-1.5)
    const cash = {
      kind: 'cash',
      currency: 'USDT',
      amount: '-1.5',
      reason: 'FUNDING_FEE',
      at: epochMs(START_AT),
    } as const
    bench.venue.emit(cash)
    bench.venue.emit(cash)
    expect(await bench.trader.reconcile('periodic')).toMatchObject({ balanceMatches: true })
    bench.venue.transfer(7)
    expect(await bench.trader.reconcile('periodic')).toMatchObject({
      balanceMatches: false,
      mismatches: [{ what: 'balance', of: 'USDT', ours: '9998.5', theirs: '10005.5' }],
    })
    expect(await bench.trader.reconcile('periodic')).toMatchObject({ balanceMatches: true })
    expect(bench.trader.money('USDT')).toMatchObject({ wallet: '10005.5', cash: '5.5' })
  })

  test('down freezes entries until what was missed is reconciled', async () => {
    await bench.trader.start()
    bench.venue.emit({ kind: 'stream', state: 'down', detail: 'reset' })
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set(['stream-down']))
    bench.venue.byHand(approved({ clientId: 'web-1', lots: lots(3) }))
    bench.venue.pending.length = 0
    bench.venue.emit({ kind: 'stream', state: 'up', detail: '' })
    expect(bench.trader.freezes(BTC.symbol)).toContain('reconciling')
    await bench.trader.settled()
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set())
    expect(bench.trader.position(BTC.symbol)).toMatchObject({ lots: 3 })
  })

  test('down again before the reconciliation ends: still frozen', async () => {
    await bench.trader.start()
    for (const state of ['down', 'up', 'down'] as const) bench.venue.emit({ kind: 'stream', state, detail: '' })
    await bench.trader.settled()
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set(['stream-down']))
  })

  test('a position frame that differs is checked once, not again at every fill', async () => {
    await bench.trader.start()
    const report = { symbol: BTC.symbol, lots: lots(99), entryPrice: '1', updatedAt: epochMs(START_AT) }
    bench.venue.emit({ kind: 'position', report })
    await bench.trader.settled()
    place(1, { timeInForce: 'GTC' })
    await bench.trader.settled()
    bench.venue.deliver()
    await bench.trader.settled()
    expect(bench.events.filter(({ kind }) => kind === 'reconciled')).toHaveLength(2) // At the start, and for the frame.
  })

  test('a fill from before the ledger is not ours', async () => {
    await bench.trader.start()
    place(1)
    await bench.trader.settled()
    bench.venue.deliver()
    const old = { ...bench.venue.fills[0]!, tradeId: 'old', at: epochMs(START_AT - 600_001) }
    bench.venue.emit({ kind: 'fill', fill: old })
    bench.expectAgreement()
  })

  test('a position that no fill explains freezes the instrument', async () => {
    await bench.trader.start()
    bench.venue.byHand(approved({ clientId: 'web-1', lots: lots(3) }))
    bench.venue.pending.length = 0
    const fills = bench.venue.fills.splice(0)
    expect(await bench.trader.reconcile('periodic')).toMatchObject({ positionMatches: false })
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set(['unreconciled']))
    expect(bench.trader.money('USDT')).toMatchObject({ cash: '0' }) // Its fills will explain the money too.
    bench.venue.fills.push(...fills)
    expect(await bench.trader.reconcile('periodic')).toMatchObject({ positionMatches: true, balanceMatches: true })
    bench.expectAgreement()
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set())
  })
})

describe('the start', () => {
  test('takes over a position that was there before; its fills are not counted again', async () => {
    bench.venue.byHand(approved({ clientId: 'before', lots: lots(7), price: ticks(1000) }))
    bench.venue.pending.length = 0
    expect(bench.trader.freezes(BTC.symbol)).toContain('starting')
    expect(await bench.trader.start()).toMatchObject({ positionMatches: true, balanceMatches: true, fillsFound: 0 })
    expect(bench.trader.position(BTC.symbol)).toMatchObject({ lots: 7, openingLots: 7, entryTicks: '1000' })
    expect(bench.journal.counts().fills).toBe(0)
    place(1)
    await bench.trader.settled()
    bench.venue.deliver()
    expect(bench.trader.position(BTC.symbol)).toMatchObject({ lots: 17 })
    expect(await bench.trader.reconcile('stop')).toMatchObject({ positionMatches: true, balanceMatches: true })
  })

  test('a fill while the account is first read is counted once', async () => {
    let trades = 0
    bench.venue.script.onSnapshot = () => {
      if (trades++ === 1) bench.venue.byHand(approved({ clientId: 'meanwhile', lots: lots(3) }))
    }
    expect(await bench.trader.start()).toMatchObject({ positionMatches: true, balanceMatches: true })
    expect(bench.trader.position(BTC.symbol)).toMatchObject({ lots: 3, openingLots: 3 })
  })

  test('a silent venue is an error, and entries stay frozen', async () => {
    bench.venue.setSilent(true)
    await expect(bench.trader.start()).rejects.toThrow('fake did not answer: no answer')
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set(['starting', 'unreconciled']))
    bench.venue.setSilent(false)
    await bench.trader.start()
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set())
  })
})
