import { expect, test } from 'vitest'
import { createSnapshots } from '../../../src/adapters/ccxt/snapshots.ts'
import { epochMs } from '../../../src/core/units.ts'

/** A clock that jumps to the next sleeper's time whenever nobody else can go on. */
function virtualTime() {
  let now = 0
  const sleepers: { at: number; wake: () => void }[] = []
  const scheduler = {
    sleep: (ms: number) => new Promise<void>((resolve) => sleepers.push({ at: now + ms, wake: resolve })),
  }
  async function run(untilMs: number): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      const next = sleepers.sort((a, b) => a.at - b.at)[0]
      if (next === undefined || next.at > untilMs) break
      sleepers.shift()
      now = next.at
      next.wake()
    }
    now = untilMs
  }
  return { clock: { now: () => epochMs(now), monotonicMs: () => now }, scheduler, run }
}

function bench(symbols: readonly string[], deliver: (ask: (symbol: string) => void, symbol: string) => void) {
  const { clock, scheduler, run } = virtualTime()
  const loads: { symbol: string; at: number }[] = []
  let running = 0
  let most = 0
  const ask = createSnapshots({
    ...{ clock, scheduler, random: () => 0.5, signal: new AbortController().signal },
    load: async (symbol) => {
      loads.push({ symbol, at: clock.monotonicMs() })
      running += 1
      most = Math.max(most, running)
      await scheduler.sleep(20)
      running -= 1
      return () => deliver(ask, symbol)
    },
  })
  for (const symbol of symbols) ask(symbol)
  return { ask, loads, run, mostAtOnce: () => most }
}

test('one whose snapshots never help is served ever more slowly, and at once again after a quiet time', async () => {
  let isHelpless = true
  const { ask, loads, run } = bench(['A'], (again, symbol) => isHelpless && again(symbol))
  await run(120_000)
  const gaps = loads.slice(1).map(({ at }, nth) => Math.round(at - loads[nth]!.at))
  expect(gaps.slice(0, 7)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
  isHelpless = false
  await run(200_000)
  const before = loads.length
  ask('A')
  await run(200_000)
  expect(loads).toHaveLength(before + 1)
})

test('however many symbols thrash: at most 120 loads in any minute, three at once, nobody starves', async () => {
  const symbols = Array.from({ length: 50 }, (_, nth) => `S${nth}`)
  const { loads, run, mostAtOnce } = bench(symbols, (again, symbol) => again(symbol))
  await run(300_000)
  for (const [nth, { at }] of loads.entries()) {
    expect((loads[nth + 120]?.at ?? Number.POSITIVE_INFINITY) - at).toBeGreaterThanOrEqual(60_000)
  }
  expect(mostAtOnce()).toBe(3)
  for (const symbol of symbols) expect(loads.filter((load) => load.symbol === symbol).length).toBeGreaterThan(2)
})
