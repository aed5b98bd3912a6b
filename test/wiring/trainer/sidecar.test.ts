import { describe, expect, test } from 'vitest'
import { InputError, TransientError } from '../../../src/core/errors.ts'
import { epochMs } from '../../../src/core/units.ts'
import type { Bar } from '../../../src/market/bar.ts'
import { type HistoryEntry, historyEntrySchema } from '../../../src/model/bundle/model-history.ts'
import type { TrainResult } from '../../../src/wiring/trainer/job.ts'
import type { JobOutcome } from '../../../src/wiring/trainer/job-process.ts'
import type { Judged } from '../../../src/wiring/trainer/shadow-arena.ts'
import { runSidecars, type SidecarParts, type SidecarStream } from '../../../src/wiring/trainer/sidecar.ts'
import type { SidecarEvent } from '../../../src/wiring/trainer/sidecar-event.ts'
import type { SidecarState } from '../../../src/wiring/trainer/sidecar-state.ts'
import { barOf } from '../../features/bars.ts'

const SYMBOL = 'BTC/USDT:USDT'
/** Bars end at whole seconds after it. */
const START = 1_700_000_000

const result = (version: string, outcome: TrainResult['outcome']): JobOutcome => ({
  kind: 'done',
  result: {
    ...{ version, outcome, summary: `${outcome}.`, numbers: { crps: 0.5 }, report: '' },
    ...{ seconds: 1, rows: 1, epochs: 1, samplesPerSecond: 1 },
  } satisfies TrainResult,
})

/** A sidecar whose trainings end at once and come to what `outcomes` says, one after another; the last again and again. */
function bench(
  outcomes: readonly (JobOutcome | Error)[] = [result('a', 'pass')],
  changes: Partial<SidecarParts & SidecarStream> = {},
) {
  const history: HistoryEntry[] = []
  const trained: { readonly until: number; readonly because: string }[] = []
  const told: SidecarEvent[] = []
  const promoted: string[] = []
  const judged: Judged[][] = []
  const synced: (readonly [string, number])[][] = []
  const kept: SidecarState[] = []
  let nowMs = START * 1_000
  let state: SidecarState = { format: 1, failures: 0, asked: 0 }
  const parts = (): SidecarParts => ({
    symbols: [SYMBOL],
    schedule: { barsMin: 3, everyBars: 5, onDrift: true, pauseMs: 1_000 },
    shadow: { unproven: true, challengersMax: 2 },
    clock: { now: () => epochMs(nowMs) },
    arena: {
      async sync({ challengers }, decidesSince = 0) {
        synced.push(challengers.map(({ version }) => [version, decidesSince] as const))
      },
      step: async () => judged.shift() ?? [],
    },
    async train(until, because) {
      trained.push({ until: until / 1_000 - START, because })
      const next = outcomes[Math.min(trained.length, outcomes.length) - 1]!
      if (next instanceof Error) throw next
      return next
    },
    history: async () => history,
    append: async (entry) => void history.push(historyEntrySchema.parse(entry)),
    async promote({ version }) {
      promoted.push(version)
      return true
    },
    state,
    async save(next) {
      state = next
      kept.push(next)
    },
    tell: (event) => void told.push(event),
    ...changes,
  })
  /** One life: bars that end at these seconds. The clock goes with them. */
  async function live(from: number, to: number): Promise<void> {
    async function* bars(): AsyncGenerator<readonly Bar[]> {
      for (let second = from; second <= to; second += 1) {
        nowMs = (START + second) * 1_000
        yield [barOf(START + second)]
        await new Promise(setImmediate)
      }
    }
    const stream = { bars: bars(), isCaughtUp: () => true, engine: { step: () => [] }, ...changes }
    await runSidecars(stream, [parts()])
  }
  const actions = () => history.map(({ action, version }) => `${action} ${version}`)
  const set = (next: Partial<SidecarState>) => {
    state = { ...state, ...next }
  }
  const entry = (action: HistoryEntry['action'], version: string, second = 0): void => {
    const at = new Date((START + second) * 1_000).toISOString()
    history.push({ at, who: 'daemon', action, version, why: `${action} it` })
  }
  return { live, history, trained, told, promoted, judged, synced, kept, actions, set, entry, state: () => state }
}

const verdict = (version: string, passed: boolean): Judged => ({
  ...{ version, passed, over: 'champion', why: passed ? 'it is better' : 'it is not better', numbers: { p: 0.01 } },
})

describe('when it trains', () => {
  test('first when there are enough bars, then after so many more, each time up to the newest bar', async () => {
    const { live, trained } = bench([result('a', 'fail'), result('b', 'fail'), result('c', 'fail')])
    await live(1, 14)
    expect(trained.map(({ until }) => until)).toEqual([3, 8, 13])
    expect(trained[0]!.because).toMatch(/first 3 bars/)
    expect(trained[1]!.because).toMatch(/5 bars/)
  })

  test('tells how far it is: epochs done, of how many at most, and the most time that is left', async () => {
    const at = { text: 'epoch 3: fine', epoch: 3, of: 30, validationLoss: 0.25, secondsLeftMax: 54 }
    const { live, told } = bench(undefined, {
      async train(_until, _because, onProgress) {
        onProgress({ text: 'fits on 100 rows' })
        onProgress(at)
        return await Promise.resolve(result('a', 'fail'))
      },
    })
    await live(1, 4)
    expect(told.map(({ kind }) => kind)).toEqual(['training', 'progress', 'progress', 'trained', 'refuse'])
    expect(told.slice(1, 3)).toEqual([
      { kind: 'progress', text: 'fits on 100 rows' },
      { kind: 'progress', ...at },
    ])
  })

  test('not before the bars of the past have all been shown', async () => {
    const asked: number[] = []
    const { live, trained } = bench(undefined, { isCaughtUp: () => asked.push(1) >= 7 })
    await live(1, 8)
    expect(trained.map(({ until }) => until)).toEqual([7])
  })

  test('when the daemon asks, once for each request, and for none that was there when a training began', async () => {
    const run = bench([result('a', 'fail')])
    run.entry('request', 'old')
    await run.live(1, 5)
    expect(run.trained).toHaveLength(1)
    run.entry('request', 'old', -100) // By a daemon whose clock is behind.
    await run.live(4, 6)
    expect(run.trained.map(({ because }) => because)).toEqual([expect.stringMatching(/first/), 'request it'])
    await run.live(4, 9)
    expect(run.trained).toHaveLength(2)
  })

  test('after a failure later and later: 2 s, then 4 s', async () => {
    const failed: JobOutcome = { kind: 'failed', why: 'no memory' }
    const { live, trained, state } = bench([failed, new Error('unseen'), failed])
    await live(1, 11)
    // Settled at the next bar: 3 → 4, and 2 s of rest; 6 → 7, and 4 s.
    expect(trained.map(({ until }) => until)).toEqual([3, 6, 11])
    expect(state()).toMatchObject({ failures: 3 })
    expect(state().underWay).toBeUndefined()
  })

  test('a clock that was put back begins the rest anew, and does not end it for years', async () => {
    const run = bench([result('a', 'fail')])
    run.set({ trainedAt: (START + 10_000_000) * 1_000, trainedUntil: START * 1_000 })
    await run.live(1, 8)
    expect(run.trained.map(({ until }) => until)).toEqual([5])
  })
})

describe('after a crash', () => {
  test('the training under way is begun again up to the same bar, before any bar comes', async () => {
    const run = bench([result('a', 'fail')])
    run.set({ underWay: { until: (START + 2) * 1_000, because: 'drift', tries: 1 } })
    await run.live(3, 3)
    expect(run.trained[0]).toEqual({ until: 2, because: 'drift' })
    expect(run.kept[0]!.underWay).toMatchObject({ tries: 2 })
    expect(run.actions()).toEqual(['train a', 'refuse a'])
    expect(run.state().underWay).toBeUndefined()
  })

  test('a training by which the trainer dies again and again has failed', async () => {
    const run = bench()
    run.set({ underWay: { until: START * 1_000, because: 'drift', tries: 5 } })
    await run.live(1, 1)
    expect(run.trained).toEqual([])
    expect(run.state()).toMatchObject({ failures: 1 })
    expect(run.told.map(({ text }) => text).join()).toMatch(/ended 5 times/)
  })

  test('one that was stopped with the trainer goes on later and counts as no failure', async () => {
    const run = bench([{ kind: 'failed', why: 'stopped' }])
    await run.live(1, 3)
    expect(run.state()).toMatchObject({ failures: 0, underWay: { until: (START + 3) * 1_000, tries: 1 } })
    expect(run.told.map(({ kind }) => kind)).not.toContain('failed')
  })

  test.each([
    ['before its fate was written down', [], ['train a', 'challenge a']],
    ['after it', ['challenge'], ['train a', 'challenge a']],
    ['after it was refused', ['refuse'], ['train a', 'refuse a']],
  ] as const)('the same version made again %s: nothing is written twice', async (_when, after, expected) => {
    const run = bench([result('a', 'pass')])
    run.entry('train', 'a')
    for (const action of after) run.entry(action, 'a')
    run.set({ underWay: { until: START * 1_000, because: 'drift', tries: 1 } })
    await run.live(1, 1)
    expect(run.actions()).toEqual(expected)
    expect(run.state().underWay).toBeUndefined()
  })
})

describe('what becomes of a model', () => {
  test.each([
    ['passed', 'pass', true, 'challenge a'],
    ['failed', 'fail', true, 'refuse a'],
    ['unproven, may try', 'not enough data', true, 'challenge a'],
    ['unproven, may not', 'not enough data', false, 'refuse a'],
  ] as const)('%s', async (_name, outcome, unproven, expected) => {
    const run = bench([result('a', outcome)], { shadow: { unproven, challengersMax: 2 } })
    await run.live(1, 4)
    expect(run.actions()).toEqual(['train a', expected])
  })

  test('a retired one, and one that has decided before, are refused', async () => {
    const run = bench([result('a', 'pass'), result('b', 'pass')])
    run.entry('retire', 'a')
    run.entry('promote', 'b')
    await run.live(1, 9)
    expect(run.actions().slice(2)).toEqual(['train a', 'refuse a', 'train b', 'refuse b'])
  })

  test('the oldest challenger makes way when there are too many', async () => {
    const run = bench([result('a', 'pass'), result('b', 'pass'), result('c', 'pass')])
    await run.live(1, 14)
    expect(run.actions().slice(-3)).toEqual(['train c', 'refuse a', 'challenge c'])
    expect(run.synced.at(-1)!.map(([version]) => version)).toEqual(['a', 'b']) // The last training was settled behind the last bar.
    expect(run.synced.some((challengers) => challengers.length > 2)).toBe(false)
  })

  test('its live bars begin behind all that it was made from, whatever the local clock says', async () => {
    const run = bench([result('a', 'pass')], { clock: { now: () => epochMs(1_000) } })
    await run.live(1, 4)
    const challenge = run.history.find(({ action }) => action === 'challenge')
    expect(Date.parse(challenge!.at)).toBe((START + 4) * 1_000)
  })

  test('passed on live bars: promoted; of two at once the first; refused ones are written down', async () => {
    const run = bench()
    run.judged.push([verdict('x', false), verdict('y', true), verdict('z', true)])
    await run.live(1, 1)
    expect(run.promoted).toEqual(['y'])
    expect(run.actions()).toEqual(['refuse x'])
    expect(run.told.map(({ kind }) => kind)).toEqual(['refuse', 'promote'])
  })

  test('one that may not take over is refused, and the trainer goes on', async () => {
    const promote = async () => {
      throw new InputError('y was retired')
    }
    const run = bench(undefined, { promote })
    run.judged.push([verdict('y', true)])
    await run.live(1, 4)
    expect(run.actions()).toEqual(['refuse y', 'train a', 'challenge a'])
    expect(run.history[0]!.why).toMatch(/cannot take over: y was retired/)
  })

  test('one that cannot take over just now stays a challenger', async () => {
    const promote = async () => {
      throw new TransientError('process 7 is at it')
    }
    const run = bench(undefined, { promote })
    run.judged.push([verdict('y', true)])
    await run.live(1, 1)
    expect(run.history).toEqual([])
    expect(run.told).toMatchObject([{ kind: 'problem', text: 'y waits: process 7 is at it' }])
  })

  test('where another one decides by now, nothing is said', async () => {
    const run = bench(undefined, { promote: async () => false })
    run.judged.push([verdict('y', true)])
    await run.live(1, 1)
    expect(run.told).toEqual([])
    expect(run.history).toEqual([])
  })

  test('the arena hears who is in shadow, and since when the champion decides', async () => {
    const run = bench()
    run.entry('challenge', 'x', 1)
    run.entry('promote', 'y', 2)
    await run.live(3, 3)
    expect(run.synced).toEqual([[['x', (START + 2) * 1_000]]])
  })
})
