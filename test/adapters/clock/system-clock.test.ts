import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/adapters/clock/system-clock.ts'
import { systemScheduler } from '../../../src/adapters/clock/system-scheduler.ts'

describe('systemClock', () => {
  test('agrees with Date.now() to the millisecond, and keeps the fraction', () => {
    const clock = systemClock()
    let fractions = 0
    for (let i = 0; i < 1_000; i++) {
      const before = Date.now()
      const now = clock.now()
      expect(now).toBeGreaterThanOrEqual(before)
      expect(now).toBeLessThan(Date.now() + 1)
      if (now % 1 !== 0) fractions++
    }
    expect(fractions).toBeGreaterThan(0)
  })

  test.each([
    ['forward', 60_000],
    ['backward', -60_000],
  ])('follows the wall clock when it is set %s', (_way, stepMs) => {
    let wall = 1_000_000
    let mono = 5.25
    const clock = systemClock(
      () => wall,
      () => mono,
    )
    expect(clock.now()).toBe(1_000_000)
    mono += 0.5
    expect(clock.now()).toBe(1_000_000.5)
    wall += stepMs
    mono += 0.25
    expect(Math.floor(clock.now())).toBe(1_000_000 + stepMs)
    mono += 0.125
    expect(Math.floor(clock.now())).toBe(1_000_000 + stepMs)
  })

  test('a monotonic clock that runs ahead never carries it past its millisecond', () => {
    let mono = 0
    const clock = systemClock(
      () => 1_000,
      () => mono,
    )
    for (mono = 0; mono < 5; mono += 0.3) expect(Math.floor(clock.now())).toBe(1_000)
  })
})

describe('systemScheduler', () => {
  const { sleep } = systemScheduler()

  test('sleeps about as long as told', async () => {
    const startedAt = performance.now()
    await sleep(30)
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(28)
  })

  test('an abort wakes it, before or during', async () => {
    const stop = new AbortController()
    const pending = sleep(60_000, stop.signal)
    stop.abort()
    await pending
    await sleep(60_000, stop.signal)
  })

  test('any number of sleepers hang on one signal by one listener, and all wake', async () => {
    const stop = new AbortController()
    const pending = Array.from({ length: 50 }, (_, index) => sleep(index < 40 ? 60_000 : 1, stop.signal))
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1)
    await Promise.all(pending.slice(40))
    stop.abort()
    await Promise.all(pending)
  })

  test('a wait longer than a timer can hold does not end at once', async () => {
    const stop = new AbortController()
    let done = false
    const pending = sleep(1e12, stop.signal).then(() => {
      done = true
    })
    await sleep(20)
    expect(done).toBe(false)
    stop.abort()
    await pending
  })
})
