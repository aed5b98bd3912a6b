import { expect, test } from 'vitest'
import { createExchangeTime, keepTime } from '../../../src/adapters/ccxt/exchange-time.ts'
import { VenueClient } from '../../../src/adapters/ccxt/venue-client.ts'
import { epochMs } from '../../../src/core/units.ts'

/** Wall clock, monotonic clock and the exchange's answer, all of the test's choice. */
function bench() {
  const state = { wall: 1_000_000, monotonic: 500, exchange: 1_002_000, asked: 0, isDown: false }
  const clock = { now: () => epochMs(state.wall), monotonicMs: () => state.monotonic }
  const client = new VenueClient({ clock })
  client.fetchTime = async () => {
    state.asked += 1
    if (state.isDown) throw new Error('down')
    return state.exchange
  }
  const pass = (ms: number) => {
    state.wall += ms
    state.monotonic += ms
    state.exchange += ms
  }
  return { state, client, time: createExchangeTime(client, clock), pass }
}

test.each([2_000, -2_000])(
  'the exchange ahead by %i ms: so is its time here, and ccxt signs by it',
  async (aheadMs) => {
    const { state, client, time, pass } = bench()
    state.exchange = state.wall + aheadMs
    expect(time.isDoubtful()).toBe(true)
    expect(await time.refresh()).toBe(true)
    pass(700)
    expect([time.offsetMs(), time.now(), time.isDoubtful()]).toEqual([aheadMs, state.exchange, false])
    expect(client.options['timeDifference']).toBe(-aheadMs)
  },
)

test.each([2_000, -2_000])('a step of the local clock by %i ms moves no bar and is measured soon', async (stepMs) => {
  const { state, client, time, pass } = bench()
  await time.refresh()
  state.wall += stepMs
  pass(100)
  expect(time.now()).toBe(state.exchange)
  expect(time.offsetMs()).toBe(2_000 - stepMs)
  expect(time.isDoubtful()).toBe(true)
  await time.refresh()
  expect(time.isDoubtful()).toBe(false)
  expect(client.options['timeDifference']).toBe(stepMs - 2_000)
})

test('a slew of the local clock is no step', async () => {
  const { state, time } = bench()
  await time.refresh()
  state.wall += 250
  expect(time.isDoubtful()).toBe(false)
  state.wall += 1
  expect(time.isDoubtful()).toBe(true)
})

test('asked for on time, at once when in doubt, and again soon when the venue does not answer', async () => {
  const { state, time, pass } = bench()
  await time.refresh()
  const ending = new AbortController()
  const plan = new Map<number, () => void>([
    [70, () => (state.wall += 5_000)],
    [80, () => (state.isDown = true)],
    [90, () => (state.wall -= 5_000)],
    [93, () => (state.isDown = false)],
    [99, () => ending.abort()],
  ])
  let second = 0
  const sleep = async (ms: number) => {
    pass(ms)
    second += 1
    plan.get(second)?.()
  }
  const asked: number[] = []
  const watched = {
    ...time,
    refresh: () => {
      asked.push(second)
      return time.refresh()
    },
  }
  await keepTime(watched, { sleep }, 60_000, ending.signal)
  expect(asked).toEqual([60, 70, 90, 91, 92, 93])
})
