import { describe, expect, test } from 'vitest'
import { constantLatency } from '../../../src/simulation/latency/latency.ts'
import { bookSimulation } from '../../../src/simulation/venue/simulation-settings.ts'
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

  test('what is told keeps its order even where one latency is shorter', async () => {
    const latencies = [50, 1]
    const latency = { at: () => ({ feedMs: 0, entryMs: 0, responseMs: latencies.shift() ?? 1 }) }
    const { send, feed, events } = bench({ simulation: { ...bookSimulation(0), latency } })
    send({ lots: 60, price: 1_001, clientId: 'slow' })
    send({ lots: 60, price: 1_002, clientId: 'fast' })
    feed(delta(60, [], []))
    const told = events.flatMap((event) => (event.kind === 'fill' ? [event.fill.clientId] : []))
    expect(told).toEqual(['slow', 'fast', 'fast'])
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
