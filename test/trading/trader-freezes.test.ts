import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { epochMs, lots, ticks } from '../../src/core/units.ts'
import { approved } from './support/approved.ts'
import { traderBench } from './support/bench.ts'
import { decided } from './support/decisions.ts'
import { BTC, START_AT } from './support/fake-venue.ts'

let bench: Awaited<ReturnType<typeof traderBench>>
beforeEach(async () => {
  bench = await traderBench()
})
afterEach(() => bench.close())

const TRIGGER = { ticks: ticks(1_100), by: 'last' } as const
const place = (index: number, fields = {}) => {
  const { order, record } = decided(index, fields)
  bench.trader.place(order, record)
}

describe('a freeze is set as long as something is not known, and no longer', () => {
  test('a guard longer than the lookups take: absent is believed all the same, after it', async () => {
    const patient = await traderBench({ absentGuardMs: 60_000 })
    await patient.trader.start()
    patient.venue.script.fate = 'lose-request'
    const startedAt = patient.time.clock.now()
    const { order, record } = decided(1)
    patient.trader.place(order, record)
    await patient.trader.settled()
    expect(patient.journal.order(order.clientId)?.state).toBe('absent')
    expect(patient.time.clock.now() - startedAt).toBeGreaterThanOrEqual(60_000)
    await patient.close()
  })

  test('all frames of an order lost: entries wait, the venue is asked after the settle time', async () => {
    await bench.trader.start()
    const waiting: string[] = []
    bench.trader.events$.subscribe((event) => {
      if (event.kind === 'order' && event.order.state === 'open') waiting.push(...bench.trader.freezes(BTC.symbol))
    })
    place(1)
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set(['unknown-order'])) // On its way: not in the position yet.
    await bench.trader.settled()
    bench.venue.pending.length = 0
    expect(waiting).toEqual(['unknown-order'])
    expect(bench.trader.position(BTC.symbol)).toMatchObject({ lots: 10 })
    bench.expectAgreement()
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set())
  })

  test('a resting order freezes nothing', async () => {
    await bench.trader.start()
    bench.venue.script.fillLots = 0
    place(1, { timeInForce: 'GTC' })
    await bench.trader.settled()
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set())
  })

  test.each([
    ['stop-market', { type: 'stop-market', trigger: TRIGGER, timeInForce: 'GTC' }],
    ['stop-limit, immediate once triggered', { type: 'stop-limit', trigger: TRIGGER, timeInForce: 'IOC' }],
    ['trailing-stop', { type: 'trailing-stop', trailing: { callbackBps: 50, by: 'last' }, timeInForce: 'FOK' }],
    ['take-profit', { type: 'take-profit-market', trigger: TRIGGER, reduceOnly: true }],
  ] as const)('an accepted conditional order stays open and freezes nothing: %s', async (_name, fields) => {
    await bench.trader.start()
    bench.venue.script.fillLots = 0
    place(1, fields)
    await bench.trader.settled()
    bench.venue.deliver()
    expect(bench.trader.openOrders()).toMatchObject([{ state: 'open', ...fields }])
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set())
    expect((await bench.trader.reconcile('periodic')).mismatches).toEqual([])
    await bench.crash()
    expect(bench.trader.openOrders()).toMatchObject([{ state: 'open', ...fields }])
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set())
  })

  test.each([
    ['fill-or-kill', { timeInForce: 'FOK' }],
    ['market', { type: 'market', timeInForce: 'GTC' }],
  ] as const)('an order that cannot rest is waited for: %s', async (_name, fields) => {
    await bench.trader.start()
    place(1, fields)
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set(['unknown-order']))
    await bench.trader.settled() // Its frames are lost: the venue is asked.
    expect(bench.trader.position(BTC.symbol)).toMatchObject({ lots: 10 })
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set())
  })

  test('up while the venue does not answer: the next reconciliation that is answered ends the freeze', async () => {
    await bench.trader.start()
    bench.venue.setSilent(true)
    for (const state of ['down', 'up'] as const) bench.venue.emit({ kind: 'stream', state, detail: '' })
    await bench.trader.settled()
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set(['stream-down', 'unreconciled']))
    bench.venue.setSilent(false)
    await bench.trader.reconcile('periodic')
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set())
  })

  test('an external order that filled before the ledger began freezes nothing', async () => {
    bench.venue.script.fillLots = 4
    bench.venue.byHand(approved({ clientId: 'web-1', lots: lots(9), timeInForce: 'GTC' }))
    bench.venue.pending.length = 0
    bench.time.advance(3_600_000)
    expect(await bench.trader.start()).toMatchObject({ positionMatches: true })
    expect(bench.trader.position(BTC.symbol)).toMatchObject({ lots: 4, openingLots: 4 })
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set())
    bench.venue.execute('web-1', 5)
    bench.venue.deliver()
    expect(bench.trader.position(BTC.symbol)).toMatchObject({ lots: 9 })
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set())
  })

  test('an external order younger than the snapshot stays open', async () => {
    await bench.trader.start()
    bench.venue.script.fillLots = 0
    bench.venue.script.onSnapshot = () => {
      bench.venue.script.onSnapshot = () => undefined
      bench.venue.byHand(approved({ clientId: 'web-1', lots: lots(9), timeInForce: 'GTC' }))
      bench.venue.deliver()
    }
    await bench.trader.reconcile('periodic')
    expect(bench.trader.openOrders()).toMatchObject([{ clientId: 'web-1', state: 'open', origin: 'external' }])
  })

  test('a close-position order has no size: it is left alone', async () => {
    await bench.trader.start()
    bench.venue.byHand(approved({ clientId: 'web-1', timeInForce: 'GTC' }))
    const [frame] = bench.venue.pending.splice(0)
    if (frame?.kind !== 'order') throw new Error('an order frame was expected')
    bench.venue.emit({
      kind: 'order',
      report: { ...frame.report, clientId: 'stop-1', venueId: 'stop-1', lots: lots(0) },
    })
    await bench.trader.settled()
    expect(bench.trader.openOrders().map(({ clientId }) => clientId)).not.toContain('stop-1')
    expect(bench.trader.freezes(BTC.symbol)).not.toContain('halted')
  })

  test('the local clock an hour ahead of the venue: fills from now on are booked', async () => {
    bench.time.advance(3_600_000)
    await bench.trader.start()
    bench.venue.byHand(approved({ clientId: 'web-1', lots: lots(3) }))
    const behind = (ms: number) => epochMs(ms - 3_600_000)
    bench.venue.deliver((frames) =>
      frames.map((frame) =>
        frame.kind === 'fill' ? { ...frame, fill: { ...frame.fill, at: behind(frame.fill.at) } } : frame,
      ),
    )
    expect(bench.trader.position(BTC.symbol)).toMatchObject({ lots: 3 })
  })
})

test('a wallet change from before the first meeting is part of the start, whenever we hear of it', async () => {
  const cash = {
    kind: 'cash',
    currency: 'USDT',
    amount: '10000',
    reason: 'DEPOSIT',
    at: epochMs(START_AT - 1),
  } as const
  bench.venue.script.onSnapshot = () => bench.venue.emit(cash)
  expect(await bench.trader.start()).toMatchObject({ balanceMatches: true })
  expect(bench.trader.money('USDT')).toMatchObject({ wallet: '10000', cash: '0' })
})
