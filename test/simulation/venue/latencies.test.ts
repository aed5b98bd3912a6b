import { describe, expect, test } from 'vitest'
import type { Fill } from '../../../src/core/order.ts'
import { epochMs, lots } from '../../../src/core/units.ts'
import { constantLatency } from '../../../src/simulation/latency/latency.ts'
import { Agenda } from '../../../src/simulation/venue/agenda.ts'
import { Outbox } from '../../../src/simulation/venue/outbox.ts'
import { bookSimulation } from '../../../src/simulation/venue/simulation-settings.ts'
import type { AccountEvent } from '../../../src/trading/order-gateway.port.ts'
import { bench, SYMBOL } from './support/bench.ts'
import { delta, trade } from './support/market.ts'

const delayed = (feedMs: number, entryMs: number, responseMs: number) =>
  bench({ simulation: { ...bookSimulation(0), latency: constantLatency({ feedMs, entryMs, responseMs }) } })

/** The state of a promise after all that is due now. */
async function stateOf<T>(promise: Promise<T>): Promise<T | 'pending'> {
  return Promise.race([promise, new Promise<'pending'>((resolve) => setImmediate(() => resolve('pending')))])
}

describe('three latencies', () => {
  test('the order meets the book entry + feed later; its answer comes entry + response later', async () => {
    const { send, fills, feed } = delayed(10, 5, 30)
    const { answer } = send({ lots: 50, price: 1_002 })
    feed(delta(14, [], [1_001, 0]), delta(14.9, [], [1_002, 30]), delta(15, [], [1_002, 500]), delta(34.9, [], []))
    expect(fills()).toEqual([])
    expect(await stateOf(answer)).toBe('pending')
    feed(delta(35, [], []))
    // It met the book at 15: 14.9 is what we saw last, and the exchange's state at 5 is what we see at 15.
    expect(fills()).toEqual(['buy 30@1002 t15'])
    expect(await stateOf(answer)).toMatchObject({ kind: 'accepted' })
  })

  test('an answer never comes before the market data of its moment', async () => {
    const { send, fills, feed } = delayed(20, 5, 1)
    const { answer } = send({ lots: 50, price: 1_001 })
    feed(delta(24, [], []))
    expect(await stateOf(answer)).toBe('pending')
    feed(delta(25, [], []))
    expect(fills()).toEqual(['buy 50@1001 t25'])
    expect(await stateOf(answer)).toMatchObject({ kind: 'accepted' })
  })

  test('later fills are told response − feed after the event that shows them', async () => {
    const { send, fills, feed } = delayed(2, 0, 6)
    send({ lots: 60, price: 1_000, timeInForce: 'GTC' })
    feed(trade(10, 'sell', 1_000, 60), delta(13.9, [], []))
    expect(fills()).toEqual([])
    feed(delta(14, [], []))
    expect(fills()).toEqual(['buy 60@1000 maker t10'])
  })

  test('with a response latency the venue looks at the order when it arrives', async () => {
    const { send, feed, venue } = delayed(0, 5, 5)
    const entry = send({ lots: 60, price: 1_001 })
    const exit = send({ lots: 60, price: 999, side: 'sell', reduceOnly: true })
    const wrong = send({ lots: 60, price: 1_001, reduceOnly: true, side: 'sell', clientId: 'late' })
    feed(delta(10, [], []))
    expect(await entry.answer).toMatchObject({ kind: 'accepted' })
    expect(await exit.answer).toMatchObject({ kind: 'accepted' })
    expect(await wrong.answer).toMatchObject({ kind: 'rejected', code: 'reduce-only-rejected' })
    expect(await venue.find(SYMBOL, 'late')).toEqual({ kind: 'absent' })
  })

  test('a cancel may lose the race against a fill', async () => {
    const { send, feed, venue, states } = delayed(0, 5, 0)
    const lost = send({ lots: 60, price: 1_000, timeInForce: 'GTC' })
    const kept = send({ lots: 60, price: 998, timeInForce: 'GTC' })
    feed(delta(6, [], []))
    const cancels = [venue.cancel(SYMBOL, lost.clientId), venue.cancel(SYMBOL, kept.clientId)] as const
    feed(trade(8, 'sell', 1_000, 60), delta(10.9, [], []))
    expect(await stateOf(cancels[1])).toBe('pending')
    feed(delta(11, [], []))
    expect(await cancels[0]).toEqual({ kind: 'gone' })
    expect(await cancels[1]).toEqual({ kind: 'cancelled' })
    expect(states(kept.clientId).at(-1)).toBe('cancelled 0')
  })

  test('when the tape ends nobody waits for ever', async () => {
    const { send, venue, feed } = delayed(5, 5, 5)
    const first = send({ lots: 60, price: 998, timeInForce: 'GTC' })
    feed(delta(20, [], []))
    await first.answer
    const pending = send({ lots: 60, price: 998, timeInForce: 'GTC' })
    const cancel = venue.cancel(SYMBOL, first.clientId)
    await venue.close()
    expect(await pending.answer).toMatchObject({ kind: 'unknown' })
    expect(await cancel).toMatchObject({ kind: 'unknown' })
  })

  /** Latencies of two orders; each takes at once, the second one two levels. */
  function two(slowMs: number, fastMs: number) {
    const latencies = [slowMs, fastMs]
    const latency = { at: () => ({ feedMs: 0, entryMs: 0, responseMs: latencies.shift() ?? 1 }) }
    const rig = bench({ simulation: { ...bookSimulation(0), latency } })
    rig.send({ lots: 60, price: 1_001, clientId: 'slow' })
    rig.send({ lots: 60, price: 1_002, clientId: 'fast' })
    return rig
  }

  test('each word comes at its own time: no order waits for another', () => {
    const { feed, events } = two(50, 1)
    const told = () => events.flatMap((event) => (event.kind === 'fill' ? [event.fill.clientId] : []))
    feed(delta(1, [], []))
    expect(told()).toEqual(['fast', 'fast'])
    feed(delta(49.9, [], []))
    expect(told()).toEqual(['fast', 'fast'])
    feed(delta(50, [], []))
    expect(told()).toEqual(['fast', 'fast', 'slow'])
  })

  test('words about one order keep their order; a position or wallet that a newer one has overtaken is not told', () => {
    const { feed, events, states } = two(50, 1)
    feed(delta(60, [], []))
    expect(states('slow')).toEqual(['open 0', 'filled 60'])
    expect(states('fast')).toEqual(['open 0', 'partial 40', 'filled 60'])
    const held = events.flatMap((event) => (event.kind === 'position' ? [event.report.lots] : []))
    expect(held).toEqual([100, 120])
    const wallets = events.flatMap((event) => (event.kind === 'balance' ? [Number(event.report.wallet)] : []))
    expect(wallets).toHaveLength(2)
    expect(wallets[1]).toBeLessThan(wallets[0]!)
  })

  test('a later word about an order whose way is shorter waits for the earlier one', () => {
    const agenda = new Agenda<() => void>()
    const outbox = new Outbox(agenda)
    const told: number[] = []
    outbox.events.subscribe((event) => event.kind === 'fill' && told.push(event.fill.lots))
    const word = (clientId: string, size: number): AccountEvent => ({
      kind: 'fill',
      fill: { symbol: SYMBOL, clientId, lots: lots(size) } as Fill,
    })
    outbox.tell(epochMs(0), 10, word('a', 1))
    outbox.tell(epochMs(1), 0, word('a', 2))
    outbox.tell(epochMs(1), 0, word('b', 3))
    expect([told.join(), agenda.nextAt]).toEqual(['3', 10])
    agenda.take()()
    agenda.take()()
    expect(told).toEqual([3, 1, 2])
    outbox.tell(epochMs(2), 0, word('a', 4))
    expect(told).toEqual([3, 1, 2, 4])
  })
})

describe('rate limit', () => {
  test('orders and cancels of one minute count; the next minute is free', async () => {
    const { place, venue, feed } = bench({ simulation: { ...bookSimulation(0), messagesPerMinuteMax: 3 } })
    const order = { lots: 60, price: 900, timeInForce: 'GTC' } as const
    const { clientId } = await place(order)
    await venue.cancel(SYMBOL, clientId)
    expect((await place(order)).submission.kind).toBe('accepted')
    expect((await place(order)).submission).toMatchObject({ kind: 'rejected', code: 'rate-limit' })
    expect(await venue.cancel(SYMBOL, 'c2')).toEqual({ kind: 'unknown', cause: 'rate-limit' })
    feed(delta(60_000, [], []))
    expect((await place(order)).submission.kind).toBe('accepted')
  })
})
