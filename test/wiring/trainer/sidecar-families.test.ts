import { describe, expect, test } from 'vitest'
import { epochMs } from '../../../src/core/units.ts'
import type { FeatureWindow } from '../../../src/features/feature-row.ts'
import type { Bar } from '../../../src/market/bar.ts'
import { type HistoryEntry, historyEntrySchema } from '../../../src/model/bundle/model-history.ts'
import type { TrainResult } from '../../../src/wiring/trainer/job.ts'
import type { JobOutcome } from '../../../src/wiring/trainer/job-process.ts'
import { runSidecars, type SidecarParts } from '../../../src/wiring/trainer/sidecar.ts'
import type { SidecarState } from '../../../src/wiring/trainer/sidecar-state.ts'
import { TrainingSlot } from '../../../src/wiring/trainer/training-slot.ts'
import { barOf } from '../../features/bars.ts'

/** Bars end at whole seconds after it. */
const START = 1_700_000_000
const NAMES = ['A', 'B', 'C'] as const

const failed = (version: string): JobOutcome => ({
  kind: 'done',
  result: {
    ...{ version, outcome: 'fail', summary: 'fail.', numbers: {}, report: '' },
    ...{ seconds: 1, rows: 1, epochs: 1, samplesPerSecond: 1 },
  } satisfies TrainResult,
})

type Events = Readonly<Record<number, () => void>>

/** Families of one instrument each, whose trainings last `lasts` bars. */
function bench(lasts: number, pauseMs = 1_000) {
  const trained: string[] = []
  const shown = new Map<string, string[]>(NAMES.map((name) => [name, []]))
  const history = new Map<string, HistoryEntry[]>(NAMES.map((name) => [name, []]))
  const states = new Map<string, SidecarState>(NAMES.map((name) => [name, { format: 1, failures: 0, asked: 0 }]))
  const running = { now: 0, most: 0 }
  let second = 0
  let behind = 0
  const waiting: { readonly at: number; readonly end: () => void }[] = []
  const partsOf = (name: string): SidecarParts => ({
    symbols: [name],
    schedule: { barsMin: 3, everyBars: 100, onDrift: true, pauseMs },
    shadow: { unproven: true, challengersMax: 2 },
    clock: { now: () => epochMs((START + second - behind) * 1_000) },
    arena: {
      sync: async () => undefined,
      async step(windows) {
        shown.get(name)!.push(...windows.map(({ row }) => row.bar.symbol))
        return []
      },
    },
    async train(until, because) {
      trained.push(`${name} up to ${until / 1_000 - START}: ${because}`)
      running.now += 1
      running.most = Math.max(running.most, running.now)
      await new Promise<void>((resolve) => waiting.push({ at: second + lasts, end: resolve }))
      running.now -= 1
      return failed(`${name.toLowerCase()}${trained.length}`)
    },
    history: async () => history.get(name)!,
    append: async (entry) => void history.get(name)!.push(historyEntrySchema.parse(entry)),
    promote: async () => true,
    state: states.get(name)!,
    save: async (state) => void states.set(name, state),
    tell: () => undefined,
  })
  /** Bars that end at these seconds, of these instruments. `at`: what happens before them. */
  async function live(to: number, symbolsAt = (_: number): readonly string[] => NAMES, at: Events = {}): Promise<void> {
    async function* bars(): AsyncGenerator<readonly Bar[]> {
      for (second = 1; second <= to; second += 1) {
        at[second]?.()
        for (const one of waiting.filter((training) => training.at <= second)) one.end()
        await new Promise(setImmediate)
        yield symbolsAt(second).map((symbol) => ({ ...barOf(START + second), symbol }))
      }
      for (const { end } of waiting) end()
    }
    const engine = { step: (all: readonly Bar[]) => all.map((bar) => ({ row: { bar } }) as FeatureWindow) }
    await runSidecars({ bars: bars(), isCaughtUp: () => true, engine }, NAMES.map(partsOf))
  }
  const actions = (name: string) => history.get(name)!.map(({ action, version }) => `${action} ${version}`)
  const ask = (name: string): void => {
    const entry = { at: new Date(START * 1_000).toISOString(), who: 'daemon', action: 'request', version: 'x' } as const
    history.get(name)!.push({ ...entry, why: 'drift' })
  }
  const cut = (name: string, until: number): void => {
    const underWay = { until: (START + until) * 1_000, because: 'cut', tries: 1 }
    states.set(name, { format: 1, failures: 0, asked: 0, underWay })
  }
  /** Seconds. */
  const putClockBack = (by: number): void => {
    behind = by
  }
  return { live, trained, putClockBack, shown, actions, ask, cut, running, states }
}

describe('families of one trainer', () => {
  test('are shown the bars of their own instruments, and keep histories of their own', async () => {
    const { live, shown, actions } = bench(1)
    await live(20)
    for (const name of NAMES) {
      expect(shown.get(name)).toEqual(Array.from({ length: 20 }, () => name))
      expect(actions(name)).toHaveLength(2)
    }
    expect(actions('B')).toEqual(['train b2', 'refuse b2'])
  })

  test('train one at a time, in the order in which they came to want it, each up to its newest bar', async () => {
    const { live, trained, running } = bench(4)
    await live(20)
    expect(running.most).toBe(1)
    expect(trained.map((text) => text.split(':')[0])).toEqual(['A up to 3', 'B up to 7', 'C up to 11'])
  })

  test('wait in the order in which they asked, not in that of the file', async () => {
    const { live, trained, ask } = bench(4)
    await live(60, undefined, { 30: () => ask('C'), 32: () => ask('B'), 33: () => ask('A') })
    expect(trained.slice(3).map((text) => text.split(':')[0])).toEqual(['C up to 30', 'B up to 34', 'A up to 38'])
  })

  test('one that wants to no more leaves the line', async () => {
    const { live, trained, ask, putClockBack } = bench(4, 5_000)
    // C was trained at 15, which is still to come when the clock is put back to 14: it rests anew. B was trained at 11.
    const at = { 30: () => ask('A'), 31: () => ask('C'), 32: () => putClockBack(18), 33: () => ask('B') }
    await live(60, undefined, at)
    expect(trained.slice(3).map((text) => text[0])).toEqual(['A', 'B', 'C'])
  })

  test('one whose instruments have fallen silent while it waited holds up nobody', async () => {
    const { live, trained } = bench(4)
    await live(30, (second) => (second < 5 ? NAMES : ['C']))
    expect(trained.map((text) => text.split(':')[0])).toEqual(['A up to 3', 'B up to 4', 'C up to 11'])
  })

  test('that a crash cut short go on first, one after another', async () => {
    const { live, trained, cut, running, states } = bench(3)
    cut('C', 2)
    cut('B', 1)
    await live(20)
    expect(running.most).toBe(1)
    expect(trained.slice(0, 2)).toEqual(['B up to 1: cut', 'C up to 2: cut'])
    expect(trained.map((text) => text[0])).toContain('A')
    for (const name of NAMES) expect(states.get(name)!.underWay).toBeUndefined()
  })
})

describe('the slot', () => {
  const [one, two, three] = [{}, {}, {}]

  test('is the first one’s until it leaves; then that of who asked next', () => {
    const slot = new TrainingSlot()
    expect([slot.take(one), slot.take(two), slot.take(three), slot.take(one)]).toEqual([true, false, false, true])
    slot.leave(one)
    expect([slot.take(three), slot.take(one), slot.take(two)]).toEqual([false, false, true])
  })

  test('forgets who wants it no more', () => {
    const slot = new TrainingSlot()
    slot.take(one)
    slot.take(two)
    slot.take(three)
    slot.leave(two)
    expect(slot.isWaiting(two)).toBe(false)
    slot.leave(one)
    expect(slot.take(three)).toBe(true)
  })
})
