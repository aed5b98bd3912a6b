import { describe, expect, test } from 'vitest'
import { InvariantError } from '../../../src/core/errors.ts'
import { applyAdjustment } from '../../../src/inference/oversight/adjustment.ts'
import type { OversightAlarm } from '../../../src/inference/oversight/causes.ts'
import { quantileCrps } from '../../../src/inference/oversight/live-scores.ts'
import type { Oversight } from '../../../src/inference/oversight/oversight.ts'
import { oversightSettingsSchema } from '../../../src/inference/oversight/oversight-settings.ts'
import { normalQuantile } from '../../../src/model/heads/normal-quantile.ts'
import { forecastOf, overseer, type Step, SYMBOL, settingsOf, World } from './world.ts'

const RIGHT: Step = { deviationBps: 10, saidBps: 10 }

/** Told over `bars` steps, and the last adjustment. */
function run(oversight: Oversight, world: World, bars: number, step: Step) {
  const told: OversightAlarm[] = []
  let last = oversight.step([world.next(step)])[SYMBOL]!
  told.push(...oversight.alarms)
  for (let i = 1; i < bars; i += 1) {
    last = oversight.step([world.next(step)])[SYMBOL]!
    told.push(...oversight.alarms)
  }
  return { told: told.map(({ kind, cause }) => `${kind} ${cause}`), last, alarms: told }
}

describe('a model that is right', () => {
  test('is left alone: no alarm, full size, coverage where it should be', () => {
    const oversight = overseer()
    const { told, last } = run(oversight, new World(1), 2_000, RIGHT)
    expect(told).toEqual([])
    expect(last.abstain).toBeUndefined()
    expect(last.sizeFactor).toBeGreaterThan(0.8)
    const { intervals, lossRatio, bars, judgedBars, inputs } = oversight.status()
    expect([bars, judgedBars]).toEqual([2_000, 200])
    expect(lossRatio).toBeCloseTo(1, 1.3)
    expect(intervals.map(({ stated }) => stated)).toEqual([0.9, 0.5].map((one) => expect.closeTo(one, 9) as number))
    for (const { stated, issuedCoverageOfAll, missRate } of intervals) {
      expect(Math.abs(issuedCoverageOfAll! - stated)).toBeLessThan(0.03)
      expect(Math.abs(missRate! - (1 - stated))).toBeLessThan(0.03)
    }
    expect(inputs).toMatchObject({ driftedFeatures: 0 })
    expect(inputs!.worst).toHaveLength(5)
  })
})

describe('a model whose intervals become too narrow', () => {
  const narrow: Step = { deviationBps: 10, saidBps: 5 }

  test('is widened until it covers, sizes fall with it, retraining and rollback are told once', () => {
    const oversight = overseer()
    const world = new World(2)
    run(oversight, world, 400, RIGHT)
    const { told, last, alarms } = run(oversight, world, 1_500, narrow)
    expect(told.filter((one) => one.endsWith('coverage'))).toEqual([
      'drift coverage',
      'retrain coverage',
      'rollback coverage',
    ])
    expect(alarms[0]!.numbers).toMatchObject({ bars: 200 })
    const [wide] = oversight.status().intervals
    expect(wide!.coverage).toBeLessThan(0.75)
    expect(wide!.issuedCoverage).toBeGreaterThan(0.84)
    expect(last.quantileShiftsBps![4]).toBeGreaterThan(4)
    expect(last.quantileShiftsBps![0]).toBe(-last.quantileShiftsBps![4]!)
    expect(last.quantileShiftsBps![2]).toBe(0)
    // Half for the shrink, and the stated width over the widened one.
    const issued = applyAdjustment(forecastOf(5), last).quantilesBps
    const stated = forecastOf(5).quantilesBps
    expect(last.sizeFactor).toBeCloseTo((0.5 * (stated[4]! - stated[0]!)) / (issued[4]! - issued[0]!), 12)
  })

  test('is told again after it was right for a while', () => {
    const oversight = overseer()
    const world = new World(3)
    const told = [RIGHT, narrow, RIGHT, narrow].map((step) => run(oversight, world, 500, step).told)
    expect(told.map((each) => each.filter((one) => one === 'retrain coverage').length)).toEqual([0, 1, 0, 1])
  })

  test('may abstain, which is told as calibration', () => {
    const settings = settingsOf({ coverage: { windowBars: 200, does: ['abstain'] } })
    const oversight = overseer({ settings })
    const { told, last } = run(oversight, new World(4), 600, narrow)
    expect(told.filter((one) => one.endsWith('coverage'))).toEqual(['drift coverage'])
    expect(last.abstain).toBe('calibration')
  })

  test('with conformal intervals off nothing is shifted', () => {
    const settings = settingsOf({ conformal: { enabled: false }, coverage: { does: [] } })
    const { last } = run(overseer({ settings }), new World(4), 600, narrow)
    expect(last).toEqual({ sizeFactor: 1 })
  })
})

describe('live loss', () => {
  test.each<[string, number, boolean]>([
    ['forecasts of half the spread lose', 5, true],
    ['of three times the spread too', 30, true],
    ['of the right one do not', 10, false],
  ])('%s', (_name, saidBps, isTold) => {
    const settings = settingsOf({ change: { does: [] }, coverage: { does: [] } })
    const { told, alarms } = run(overseer({ settings }), new World(5), 500, { deviationBps: 10, saidBps })
    expect(told.includes('rollback loss')).toBe(isTold)
    expect(told.includes('retrain loss')).toBe(isTold)
    const found = alarms.find(({ cause, kind }) => cause === 'loss' && kind === 'rollback')
    if (found) expect(found.numbers['lossRatio']).toBeGreaterThan(found.numbers['lossRatioMax']!)
  })

  test('over four bars the baseline looks four bars ahead too', () => {
    const oversight = overseer({ horizonBars: 4 })
    run(oversight, new World(20, 4), 1_000, RIGHT)
    expect(Math.abs(oversight.status().lossRatio! - 1)).toBeLessThan(0.03)
  })

  test('nothing is judged before barsMin outcomes', () => {
    const settings = settingsOf({ change: { does: [], threshold: 1_000 } })
    const world = new World(6)
    const oversight = overseer({ settings })
    // 20 returns for the baseline, then an outcome a bar later: bar 22 has the first.
    expect(
      run(oversight, world, 220, { deviationBps: 10, saidBps: 40 }).told.filter((one) => one.endsWith('loss')),
    ).toEqual([])
    expect(run(oversight, world, 1, { deviationBps: 10, saidBps: 40 }).told).toContain('rollback loss')
  })

  test('a market that moves more is no change; a model that gets worse is', () => {
    const settings = settingsOf({
      change: { threshold: 20, holdBars: 150 },
      loss: { does: [] },
      coverage: { does: [] },
    })
    const oversight = overseer({ settings })
    const world = new World(7)
    expect(run(oversight, world, 300, RIGHT).told).toEqual([])
    const wild = run(oversight, world, 300, { deviationBps: 60, saidBps: 60 })
    expect(wild.told).toEqual([])
    const worse = run(oversight, world, 100, { deviationBps: 60, saidBps: 250 })
    expect(worse.told.filter((one) => one.endsWith('change'))).toEqual([
      'drift change',
      'retrain change',
      'rollback change',
    ])
    expect(oversight.status().holding).toContain('change')
    run(oversight, world, 400, { deviationBps: 60, saidBps: 60 })
    expect(oversight.status().holding).not.toContain('change')
  })

  test('CRPS of many levels is the closed form of N(0, 1) (Gneiting et al. 2005)', () => {
    const levels = Array.from({ length: 999 }, (_, i) => (i + 1) / 1_000)
    const quantiles = levels.map(normalQuantile)
    for (const [y, crps] of [
      [0, 0.233695],
      [1, 0.602441],
      [2, 1.452792],
    ] as const) {
      expect(quantileCrps(levels, quantiles, y)).toBeCloseTo(crps, 2.5)
    }
  })
})

describe('inputs', () => {
  test('features that move away are drift: told once, sizes shrink, and full size again afterwards', () => {
    const settings = settingsOf({ inputs: { windowRows: 500 }, outliers: { does: [] }, conformal: { shrink: false } })
    const oversight = overseer({ settings })
    const world = new World(8)
    expect(run(oversight, world, 600, RIGHT).last.sizeFactor).toBe(1)
    const drifted = run(oversight, world, 600, { ...RIGHT, featureShift: 1 })
    expect(drifted.told).toEqual(['drift inputs', 'retrain inputs'])
    expect(drifted.last.sizeFactor).toBe(0.5)
    expect(drifted.alarms[0]!.numbers['featureShare']).toBeGreaterThan(0.25)
    expect(oversight.status().inputs!.driftedFeatures).toBe(6)
    expect(run(oversight, world, 600, RIGHT).last.sizeFactor).toBe(1)
  })

  test('a single far row is an outlier on its bar alone; many of them ask for retraining', () => {
    const settings = settingsOf({ inputs: { windowRows: 500, does: [] } })
    const oversight = overseer({ settings })
    const world = new World(9)
    run(oversight, world, 500, RIGHT)
    expect(run(oversight, world, 1, { ...RIGHT, featureShift: 9 }).last.abstain).toBe('outlier')
    expect(run(oversight, world, 1, RIGHT).last.abstain).toBeUndefined()
    expect(run(oversight, world, 60, { ...RIGHT, featureShift: 9 }).told).toContain('retrain outliers')
  })

  test('without a reference nothing is looked at', () => {
    const oversight = overseer({ reference: undefined })
    const { told, last } = run(oversight, new World(10), 600, { ...RIGHT, featureShift: 20 })
    expect(told).toEqual([])
    expect(last.abstain).toBeUndefined()
    expect(oversight.status().inputs).toBeUndefined()
  })
})

describe('outcomes', () => {
  const counted = (horizonBars: number, steps: readonly Step[]): number => {
    const oversight = overseer({ horizonBars, settings: settingsOf({ loss: { windowBars: 100, barsMin: 20 } }) })
    const world = new World(11, horizonBars)
    run(oversight, world, 40, RIGHT)
    const before = oversight.state().scores.brier.count
    for (const step of steps) oversight.step([world.next(step)])
    return oversight.state().scores.brier.count - before
  }
  const six = Array.from({ length: 6 }, () => RIGHT)
  test.each<[string, number, readonly Step[], number]>([
    ['each bar has one', 1, six, 6],
    ['three bars later too', 3, six, 6],
    ['a tainted bar breaks those that reach over it', 3, six.with(2, { ...RIGHT, taints: ['gap'] }), 2],
    ['so does a missing one', 3, six.with(2, { ...RIGHT, isAfterGap: true }), 3],
    ['a bar without a forecast has none itself', 3, six.with(2, { ...RIGHT, isSilent: true }), 5],
  ])('%s', (_name, horizonBars, steps, expected) => {
    expect(counted(horizonBars, steps)).toBe(expected)
  })

  test('a tainted bar gets the size factor, and no shifts', () => {
    const oversight = overseer()
    const world = new World(12)
    run(oversight, world, 300, RIGHT)
    const { last } = run(oversight, world, 1, { ...RIGHT, taints: ['unsynced'] })
    expect(last).toEqual({ sizeFactor: 1 })
  })

  test('instruments that close together are one outcome', () => {
    const other = 'ETH/USDT:USDT'
    const oversight = overseer({ symbols: [SYMBOL, other], settings: settingsOf() })
    const worlds = [new World(13), new World(14, 1, other)]
    for (let i = 0; i < 300; i += 1) {
      const found = oversight.step(worlds.map((world) => world.next(RIGHT)))
      expect(Object.keys(found)).toEqual([SYMBOL, other])
    }
    expect(oversight.state().scores.brier.count).toBe(299)
    expect(oversight.state().intervals[0]!.scores).toHaveLength(598)
    expect(() => oversight.step([new World(15, 1, 'X/USDT:USDT').next(RIGHT)])).toThrow(InvariantError)
  })
})

describe('state', () => {
  const mixed = (i: number): Step => ({
    deviationBps: 10,
    saidBps: i > 500 ? 4 : 10,
    featureShift: i > 400 ? 2 : 0,
    ...(i % 97 === 0 && { taints: ['gap'] }),
    ...(i % 89 === 0 && { isAfterGap: true }),
  })

  test.each([0, 123, 450, 777])(
    'a restart after %d bars changes no adjustment, bit for bit; what holds is told once more',
    (cut) => {
      const known = new Set<string>()
      const told: string[] = []
      const whole = overseer({ horizonBars: 3 })
      let parts = overseer({ horizonBars: 3 })
      const world = new World(16, 3)
      for (let i = 0; i < 900; i += 1) {
        if (i === cut) parts = overseer({ horizonBars: 3, state: JSON.parse(JSON.stringify(parts.state())) })
        const closed = [world.next(mixed(i))]
        expect(parts.step(closed)).toEqual(whole.step(closed))
        // Nobody knows whether what was asked for before the restart was done.
        const again = parts.alarms.filter(({ cause }) => i >= cut && known.has(cause))
        expect(parts.alarms.filter((alarm) => !again.includes(alarm))).toEqual(whole.alarms)
        for (const { cause } of whole.alarms) known.add(cause)
        told.push(...again.map(({ kind, cause }) => `${kind} ${cause}`))
      }
      expect(new Set(told).size).toBe(told.length)
      expect(told.length > 0).toBe(cut === 777)
      expect(parts.state()).toEqual(whole.state())
      expect(JSON.parse(JSON.stringify(whole.state()))).toEqual(whole.state())
    },
  )

  test('of another model or under other settings is left aside', () => {
    const first = overseer()
    run(first, new World(17), 300, RIGHT)
    const state = first.state()
    expect(overseer({ state }).status().bars).toBe(300)
    expect(overseer({ state, modelId: 'demo/2' }).status().bars).toBe(0)
    expect(overseer({ state, settings: settingsOf({ shrinkFactor: 0 }) }).status().bars).toBe(0)
  })

  test('is bounded', () => {
    const oversight = overseer({ horizonBars: 5 })
    const world = new World(18, 5)
    run(oversight, world, 1_500, RIGHT)
    const size = JSON.stringify(oversight.state()).length
    run(oversight, world, 1_500, RIGHT)
    expect(JSON.stringify(oversight.state()).length).toBeLessThan(1.05 * size)
  })
})

describe('settings', () => {
  test('{} is whole; unknown keys and contradictions are refused by name', () => {
    expect(oversightSettingsSchema.parse({})).toMatchObject({ shrinkFactor: 0.5, loss: { barsMin: 500 } })
    const problem = (value: object): string => String(oversightSettingsSchema.safeParse(value).error?.message)
    expect(problem({ los: {} })).toContain('los')
    expect(problem({ loss: { barsMin: 300, windowBars: 200 } })).toContain('at most windowBars')
    expect(problem({ conformal: { scoresMin: 300, scoresMax: 200 } })).toContain('at most scoresMax')
    expect(problem({ inputs: { does: ['rollback'] } })).toContain('does')
  })
})
