import { describe, expect, test } from 'vitest'
import { type TruthOptions, truthCommand } from '../../../src/wiring/commands/truth.ts'
import type { Io } from '../../../src/wiring/io.ts'
import type { Job } from '../../../src/wiring/trainer/job.ts'
import type { JobOutcome, JobParts } from '../../../src/wiring/trainer/job-process.ts'
import type { RegimeChange } from '../../../src/wiring/trainer/regime-change.ts'
import type { TruthOutcome } from '../../../src/wiring/trainer/truth-seed.ts'
import { fakeIo } from './fake-io.ts'
import { typed } from './small-training.ts'

const CHANGE: RegimeChange = {
  ...{ seed: 70_001, fittedOutcome: 'pass', alarmsBefore: 0, alarmAfterBars: 80, alarmCause: 'loss' },
  ...{ lossFromFlipQuote: 144, lossUnwatchedQuote: 2_212, lossBoundQuote: 300, sizeAfter: 0 },
  ...{ retrainedOutcome: 'pass', holds: true },
}
type Market = Extract<Job, { kind: 'truth' }>
/** An edge is found and recovered by half; where there is none nothing is. */
const rightly = ({ seed, alpha }: Market): TruthOutcome => ({
  ...{ seed, alpha, promoted: alpha > 0, summary: 'it fails 1 of 10 checks.' },
  ...(alpha > 0 ? { freshReturn: 0.2, freshRSquared: 0.25 } : { freshReturn: null, freshRSquared: null }),
})
const done = (result: unknown): Promise<JobOutcome> => Promise.resolve({ kind: 'done', result })

interface Scripted {
  readonly market?: (job: Market) => TruthOutcome
  readonly change?: RegimeChange
  readonly start?: (parts: JobParts) => Promise<JobOutcome>
}

/** The command with markets whose outcome is known beforehand. */
async function judged(script: Scripted = {}, options: Partial<TruthOptions> = {}, more: Partial<Io> = {}) {
  const { market = rightly, change = CHANGE } = script
  const jobs: Job[] = []
  const { io, out, err } = fakeIo()
  const start = async (parts: JobParts): Promise<JobOutcome> => {
    jobs.push(parts.job)
    if (script.start) return await script.start(parts)
    return await done(parts.job.kind === 'truth' ? market(parts.job) : change)
  }
  const asked = { plantedSeeds: 3, nullSeeds: 20, workers: 2, json: true, ...options }
  const code = await truthCommand(asked, { ...io, ...more }, start)
  return { code, jobs, err, out, found: asked.json ? (JSON.parse(out.at(-1)!) as Record<string, unknown>) : {} }
}

describe('tickwright truth', () => {
  test('runs the published seeds and says in one JSON object what was found', async () => {
    const { code, jobs, err, out, found } = await judged()
    expect(code).toBe(0)
    expect(out).toHaveLength(1)
    expect(found).toEqual({
      ...{ plantedPromoted: 3, plantedSeeds: 3, nullPromoted: 0, nullSeeds: 20 },
      ...{ recoveredShare: 0.5, plantedEarned: 3, freshReturnMean: expect.closeTo(0.2, 12) as number, holds: true },
      regimeChange: CHANGE,
    })
    const markets = jobs.filter((job) => job.kind === 'truth')
    expect(markets.filter(({ alpha }) => alpha === 0.5).map(({ seed }) => seed)).toEqual([50_001, 50_002, 50_003])
    expect(markets.filter(({ alpha }) => alpha === 0).map(({ seed }) => seed)).toEqual(
      Array.from({ length: 20 }, (_, i) => 60_001 + i),
    )
    expect(jobs.filter(({ kind }) => kind === 'regime-change')).toMatchObject([{ seed: 70_001 }])
    expect(err).toHaveLength(24)
    expect(err.at(-1)).toMatch(/^24 of 24: seed \d+, alpha 0: it fails 1 of 10 checks\.$/)
  })

  const promotes = (count: number) => (job: Market) =>
    job.alpha === 0 && job.seed < 60_001 + count
      ? { ...rightly(job), promoted: true, freshReturn: 0, freshRSquared: 0 }
      : rightly(job)
  test.each<readonly [name: string, script: Scripted, code: number]>([
    ['1 of 20 markets without an edge is promoted: 5 %', { market: promotes(1) }, 0],
    ['2 of 20 are', { market: promotes(2) }, 1],
    [
      'a planted edge is not found',
      { market: (job) => ({ ...rightly(job), promoted: job.alpha > 0 && job.seed > 50_001 }) },
      1,
    ],
    [
      'a model loses on a fresh market',
      { market: (job) => ({ ...rightly(job), freshReturn: job.seed === 50_002 ? -0.1 : 0.2 }) },
      1,
    ],
    ['the edge that turns round costs too much', { change: { ...CHANGE, holds: false } }, 1],
  ])('%s', async (_name, script, code) => {
    const { code: found, found: summary } = await judged(script)
    expect(found).toBe(code)
    expect(summary['holds']).toBe(code === 0)
  })

  test('in words without --json', async () => {
    const { out } = await judged({}, { json: false })
    expect(out.join('\n')).toMatch(/^planted edge: promoted 3 of 3; 3 earned after costs on a fresh market\n/)
    expect(out.join('\n')).toContain('recovered share of the planted predictability: 0.500\nno edge: promoted 0 of 20')
    expect(out.join('\n')).toContain('alarm after 80 bars; it cost 144.00, unwatched 2212.00, bound 300.00')
    expect(out.join('\n')).toMatch(/The truth test holds\.$/)
    const failed = await judged({ change: { ...CHANGE, alarmAfterBars: null, holds: false } }, { json: false })
    expect(failed.out.join('\n')).toMatch(/no alarm.*\nTHE TRUTH TEST FAILS\.$/)
  })

  test('a market whose process fails ends it, the others included: half an answer is none', async () => {
    const ended: string[] = []
    const start = async ({ job, signal }: JobParts): Promise<JobOutcome> => {
      if (job.kind === 'truth') return { kind: 'failed', why: 'it held 9000 MiB' }
      return await new Promise((resolve) => {
        signal!.addEventListener('abort', () => {
          ended.push(job.kind)
          resolve({ kind: 'failed', why: 'stopped' })
        })
      })
    }
    await expect(judged({ start })).rejects.toThrow(/^truth: \{"kind":"truth".*"seed":50001\}: it held 9000 MiB$/)
    expect(ended).toEqual(['regime-change'])
  })

  test('at most so many at once as there are workers', async () => {
    let [running, most] = [0, 0]
    const start = async ({ job }: JobParts): Promise<JobOutcome> => {
      running += 1
      most = Math.max(most, running)
      await new Promise(setImmediate)
      running -= 1
      return await done(job.kind === 'truth' ? rightly(job) : CHANGE)
    }
    await judged({ start }, { workers: 3 })
    expect(most).toBe(3)
  })

  test.each([
    ['--planted-seeds', '0'],
    ['--null-seeds', 'many'],
    ['--workers', '65'],
  ])('%s %s is wrong usage', async (option, value) => {
    const { code, err } = await typed('truth', option, value)
    expect(code).toBe(2)
    expect(err.join('\n')).toContain(option)
  })
})
