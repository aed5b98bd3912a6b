import { describe, expect, test } from 'vitest'
import type { AlertSink, Delivery } from '../../../src/adapters/alerts/alert-sink.ts'
import { alertDispatcher } from '../../../src/adapters/alerts/dispatcher.ts'
import type { Alert } from '../../../src/core/alert.ts'
import { memoryOutbox } from './memory-outbox.ts'
import { virtualTime } from './virtual-time.ts'

const DELIVERED: Delivery = { kind: 'delivered' }
const down: Delivery = { kind: 'retry', cause: 'down' }

function rig(...sinkAnswers: ((alert: Alert, signal: AbortSignal) => Promise<Delivery>)[]) {
  const time = virtualTime()
  const { outbox, log } = memoryOutbox()
  const failures: string[] = []
  const attempts: { sink: string; id: string; at: number }[] = []
  const sinks = sinkAnswers.map(
    (answer, index): AlertSink => ({
      name: `sink${index}`,
      deliver: (alert, signal) => {
        attempts.push({ sink: `sink${index}`, id: alert.id, at: time.clock.now() })
        return answer(alert, signal)
      },
    }),
  )
  const make = () =>
    alertDispatcher({ outbox, sinks, ...time, onFailure: (sink, cause) => failures.push(`${sink}: ${cause}`) })
  const alert = (id: string): Alert => ({
    id,
    at: time.clock.now(),
    severity: 'info',
    kind: 'fill',
    text: id,
    data: {},
  })
  return {
    time,
    outbox,
    log,
    failures,
    attempts,
    make,
    alert,
    times: (id: string) => attempts.filter((a) => a.id === id).map(({ at }) => at - 1_000_000),
  }
}

const hang = (_alert: Alert, signal: AbortSignal) =>
  new Promise<Delivery>((resolve) =>
    signal.addEventListener('abort', () => resolve({ kind: 'retry', cause: 'aborted' })),
  )

describe('alertDispatcher', () => {
  test('delivers in order, once, to every sink', async () => {
    const { make, alert, attempts, time, outbox } = rig(
      async () => DELIVERED,
      async () => DELIVERED,
    )
    const dispatcher = make()
    for (const id of ['a', 'b', 'a']) dispatcher.raise(alert(id))
    await time.pass(10)
    for (const sink of ['sink0', 'sink1']) {
      expect(attempts.filter((seen) => seen.sink === sink).map(({ id }) => id)).toEqual(['a', 'b'])
      expect(outbox.pendingCount(sink)).toBe(0)
    }
    await dispatcher.stop(10)
  })

  test('delivers what an earlier run left behind', async () => {
    const { make, alert, attempts, time, outbox } = rig(async () => DELIVERED)
    outbox.add(alert('old'), ['sink0'])
    const dispatcher = make()
    await time.pass(0)
    expect(attempts.map(({ id }) => id)).toEqual(['old'])
    await dispatcher.stop(10)
  })

  test('backs off 1, 2, 4 … s, at most 300 s, and never gives up', async () => {
    const { make, alert, times, time, outbox, failures } = rig(async () => down)
    const dispatcher = make()
    dispatcher.raise(alert('a'))
    await time.pass(3_600_000)
    expect(times('a').slice(0, 5)).toEqual([0, 1_000, 3_000, 7_000, 15_000])
    const [last, before] = times('a').reverse()
    expect(last! - before!).toBe(300_000)
    expect(outbox.pendingCount('sink0')).toBe(1)
    expect(failures[0]).toBe('sink0: down')
    await dispatcher.stop(0)
  })

  test('a pause that the peer asks for holds for the whole sink, up to an hour', async () => {
    let answer: Delivery = { ...down, afterMs: 90_000 }
    const { make, alert, times, time, outbox } = rig(async () => answer)
    const dispatcher = make()
    dispatcher.raise(alert('a'))
    await time.pass(1)
    expect(outbox.nextDueAt('sink0')).toBe(1_090_000) // Also for the next start.
    dispatcher.raise(alert('b'))
    await time.pass(89_998)
    expect([times('a'), times('b')]).toEqual([[0], []])
    answer = { ...down, afterMs: 1e12 }
    await time.pass(2)
    expect([times('a'), times('b')]).toEqual([[0], [90_000]])
    answer = DELIVERED
    await time.pass(3_599_998)
    expect(times('a')).toEqual([0])
    await time.pass(1)
    expect(times('a')).toEqual([0, 3_690_000])
    await dispatcher.stop(0)
  })

  test('one alert that is never taken does not hold up the others', async () => {
    const { make, alert, log, time, outbox } = rig(async ({ id }) => (id === 'poison' ? down : DELIVERED))
    const dispatcher = make()
    for (const id of ['poison', 'b', 'c']) dispatcher.raise(alert(id))
    await time.pass(10_000)
    expect(log).toContain('delivered b')
    expect(log).toContain('delivered c')
    expect(outbox.pendingCount('sink0')).toBe(1)
    await dispatcher.stop(0)
  })

  test('a dead sink does not hold up the other, and one delivery runs at a time', async () => {
    let running = 0
    let most = 0
    const slow = async (): Promise<Delivery> => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      return DELIVERED
    }
    const { make, alert, outbox, time } = rig(hang, slow)
    const dispatcher = make()
    for (let i = 0; i < 20; i++) dispatcher.raise(alert(`a${i}`))
    for (let i = 0; i < 60; i++) await time.settle()
    expect(outbox.pendingCount('sink1')).toBe(0)
    expect(outbox.pendingCount('sink0')).toBe(20)
    expect(most).toBe(1)
    const stopped = dispatcher.stop(5_000)
    await time.pass(5_000)
    await stopped
  })

  test('stop delivers what is due, the alert of the stop included', async () => {
    const { make, alert, log } = rig(async () => DELIVERED)
    const dispatcher = make()
    dispatcher.raise(alert('a'))
    dispatcher.raise(alert('stop'))
    await dispatcher.stop(1_000)
    expect(log).toEqual(['delivered a', 'delivered stop'])
  })

  test('stop waits no longer than told for a sink that hangs; its alert stays', async () => {
    const { make, alert, time, outbox } = rig(hang)
    const dispatcher = make()
    dispatcher.raise(alert('a'))
    await time.settle()
    let done = false
    const stopped = dispatcher.stop(500).then(() => {
      done = true
    })
    await time.pass(499)
    expect(done).toBe(false)
    await time.pass(1)
    await stopped
    expect(outbox.pendingCount('sink0')).toBe(1)
  })

  test('an outbox that fails is reported, not thrown, and tried again', async () => {
    const { make, alert, time, outbox, failures, log } = rig(async () => DELIVERED)
    const { add, due } = outbox
    const broken = () => {
      throw new Error('disk full')
    }
    Object.assign(outbox, { add: broken, due: broken })
    const dispatcher = make()
    expect(() => dispatcher.raise(alert('lost'))).not.toThrow()
    await time.pass(0)
    expect(failures).toEqual(['outbox: disk full', 'sink0: disk full'])
    Object.assign(outbox, { add, due })
    dispatcher.raise(alert('a'))
    await time.pass(1_000)
    expect(log).toEqual(['delivered a'])
    await dispatcher.stop(0)
  })

  test('without a sink nothing is kept', async () => {
    const { make, alert, outbox } = rig()
    const dispatcher = make()
    dispatcher.raise(alert('a'))
    expect(outbox.add(alert('a'), ['x'])).toBe(true)
    await dispatcher.stop(1_000)
  })
})
