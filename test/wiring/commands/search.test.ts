import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { searchCommand } from '../../../src/wiring/commands/search.ts'
import type { Io } from '../../../src/wiring/io.ts'
import type { Job } from '../../../src/wiring/trainer/job.ts'
import type { JobOutcome, JobParts } from '../../../src/wiring/trainer/job-process.ts'
import { serveJob } from '../../../src/wiring/trainer/serve-job.ts'
import { workspace } from '../../support/workspace.ts'
import { fakeIo } from './fake-io.ts'
import { REFUSED, smallTraining, typed } from './small-training.ts'

vi.setConfig({ testTimeout: 60_000 }) // The first test loads the whole trainer.
const space = workspace()
afterAll(() => space.remove())

const search = {
  space: {
    recencyHalfLifeBars: { kind: 'int', low: 100, high: 400, step: 100 },
    horizonBars: { kind: 'choice', values: [5] },
  },
  ...{ sampler: 'random', trials: 3, workers: 1, pruner: 'none', seed: 1, study: 'small' },
  objective: { crpsSkill: { goal: 'max', weight: 1 } },
}
const train = (changes: object = {}) => ({
  data: { kind: 'simulated', alpha: 0.9, seed: 80_001, bars: 1_000 },
  evaluation: { folds: { folds: 2 }, permutations: 0 },
  search: { ...search, ...changes },
})

/** What a process of its own does, in this one. */
async function here({ job, onMessage }: JobParts): Promise<JobOutcome> {
  const outcomes: JobOutcome[] = []
  const ask = (step: number, value: number) =>
    new Promise<boolean>((resolve) => onMessage?.({ kind: 'step', step, value }, resolve))
  await serveJob(
    job,
    fakeIo().io,
    (message) => {
      if (message.kind === 'done' || message.kind === 'refused') outcomes.push(message)
    },
    ask,
  )
  return outcomes[0]!
}

interface Found {
  readonly best: { readonly number: number; readonly value: number; readonly params: object } | null
  readonly counts: Readonly<Record<string, number>>
  readonly trialsOnData: number
  readonly stopped: boolean
  readonly report: string
}

/** Runs the search of `config`; `start` in place of a process. */
async function searched(config: string, start: (parts: JobParts) => Promise<JobOutcome> = here, io: Partial<Io> = {}) {
  const fake = fakeIo()
  const code = await searchCommand({ config, json: true }, { ...fake.io, ...io }, start)
  return { code, err: fake.err, found: JSON.parse(fake.out.at(-1)!) as Found }
}

describe('tickwright search', () => {
  test('tries what is varied, tells each trial, and ends with the best and with what luck would do', async () => {
    const jobs: Job[] = []
    const { code, err, found } = await searched(smallTraining(space, { train: train() }), (parts) => {
      jobs.push(parts.job)
      return here(parts)
    })
    expect(code).toBe(0)
    expect(Object.keys(found).toSorted()).toEqual(
      ['best', 'counts', 'deflatedSharpe', 'overfitting', 'report', 'stopped', 'trialsOnData'].toSorted(),
    )
    expect(found).toMatchObject({
      trialsOnData: 3,
      stopped: false,
      report: join(space.dir, 'trainer', 'search-small.html'),
    })
    expect(found.counts).toMatchObject({ complete: 3, failed: 0 })
    expect(found.best!.value).toBeGreaterThan(0)
    const tried = jobs.map((job) => (job.kind === 'trial' ? job.params['recencyHalfLifeBars'] : undefined))
    expect(new Set(tried).size).toBe(3)
    expect(found.best!.params).toMatchObject({ recencyHalfLifeBars: tried[found.best!.number], horizonBars: 5 })
    expect(err.filter((line) => line.startsWith('trial'))).toEqual([
      expect.stringMatching(/^trial 1 of 3: best 0\.\d+, /),
      expect.stringMatching(/^trial 2 of 3: best 0\.\d+, \d+ s left$/),
      expect.stringMatching(/^trial 3 of 3: best 0\.\d+, 0 s left$/),
    ])
    expect(readFileSync(found.report, 'utf8')).toContain('small')
  })

  test('goes on where it stopped: trials that are done are not done again', async () => {
    let ran = 0
    const { found } = await searched(smallTraining(space, { train: train({ trials: 4 }) }), (parts) => {
      ran += 1
      return here(parts)
    })
    expect(ran).toBe(1)
    expect(found.counts).toMatchObject({ complete: 4 })
  })

  test('a request to stop ends the trial that runs, and the same command runs it again', async () => {
    let stop: ((why: string) => void) | undefined
    const config = smallTraining(space, { train: train({ study: 'stopped', trials: 2 }) })
    const onStop: Io['onStop'] = (handler) => {
      stop = handler
      return () => undefined
    }
    const first = await searched(
      config,
      ({ signal }) =>
        new Promise((resolve) => {
          signal!.addEventListener('abort', () => resolve({ kind: 'failed', why: 'stopped' }))
          stop!('SIGINT')
        }),
      { onStop },
    )
    expect(first).toMatchObject({ code: 0, found: { best: null, stopped: true } })
    expect(first.err).toContain('SIGINT: ends running trials; the same command goes on with them')
    const again = await searched(config)
    expect(again.found).toMatchObject({ stopped: false, counts: { complete: 2 } })
  })

  test('trials that fail are counted and told; where all do, it ends', async () => {
    const config = smallTraining(space, { train: train({ study: 'failing', trials: 12 }) })
    const failing = searched(config, () => Promise.resolve({ kind: 'failed', why: 'it held 9000 MiB' }))
    await expect(failing).rejects.toThrow(InputError)
    await expect(failing).rejects.toThrow(/it held 9000 MiB/)
  })

  test('the same study with another objective is refused: its values would mean something else', async () => {
    const objective = { crpsBps: { goal: 'min', weight: 1 } }
    const other = searched(smallTraining(space, { train: train({ objective }) }))
    await expect(other).rejects.toThrow(/small.*objective/)
  })

  test.each(REFUSED)('%s is refused', async (_name, args, code, why) => {
    const refused = await typed('search', ...args)
    expect(refused.code).toBe(code)
    expect([...refused.err, ...refused.out].join('\n')).toMatch(code === 2 ? /./ : why)
  })

  test.each<readonly [name: string, config: () => string, why: string]>([
    ['a configuration of another mode', () => space.config('demo'), 'mode was demo; this needs mode train'],
    ['one without a search', () => smallTraining(space), 'train.search is missing; it says what is varied'],
    [
      'a parameter without values',
      () => smallTraining(space, { train: train({ space: { steps: { kind: 'choice', values: [] } } }) }),
      'at least one value',
    ],
  ])('%s is refused with exit code 1, before anything runs', async (_name, config, why) => {
    const { code, out, err } = await typed('search', '--config', config(), '--json')
    expect([code, out]).toEqual([1, []])
    expect(err.join('\n')).toContain(why)
    expect(existsSync(join(space.dir, 'trainer', 'search-none.html'))).toBe(false)
  })
})
