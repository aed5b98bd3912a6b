import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type JobOutcome, type JobParts, runJob } from '../../../src/wiring/trainer/job-process.ts'
import { isAlive, until } from '../../support/program.ts'

const JOB = fileURLToPath(new URL('jobs/scripted-job.ts', import.meta.url))
const ORPHAN_MAKER = fileURLToPath(new URL('jobs/orphan-maker.ts', import.meta.url))
const TSX = ['--import', 'tsx']

const start = () =>
  fork(JOB, {
    ...{ serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: TSX },
  })

/** Runs a job that does what `because` says. `heard`: its progress. */
async function run(because: string, parts: Partial<JobParts> = {}) {
  const heard: string[] = []
  const outcome: JobOutcome = await runJob(
    {
      job: { kind: 'train', config: '', until: 0, because },
      limits: { memoryMbMax: 2_000, runMsMax: 60_000 },
      onMessage: (message) => message.kind === 'progress' && heard.push(message.text),
      ...parts,
    },
    start,
  )
  return { outcome, heard }
}

test('a result, and what was said on the way', async () => {
  expect(await run('done')).toEqual({ outcome: { kind: 'done', result: { version: 'a' } }, heard: ['half'] })
})

test('a refusal is one', async () => {
  expect((await run('refuse')).outcome).toEqual({ kind: 'refused', why: 'too few rows' })
})

test('a crash tells exit code and what it died of', async () => {
  const why = 'it ended with exit code 3: fatal: TypeError: no such thing'
  expect((await run('crash')).outcome).toEqual({ kind: 'failed', why })
})

test('one that takes too much memory is ended', async () => {
  const { outcome } = await run('eat', { limits: { memoryMbMax: 300, runMsMax: 60_000 } })
  expect(outcome).toEqual({ kind: 'failed', why: expect.stringMatching(/^it held \d+ MiB; at most 300 are allowed$/) })
})

test('one that takes too long is ended', async () => {
  const { outcome, heard } = await run('hang', { limits: { memoryMbMax: 2_000, runMsMax: 3_000 } })
  expect(outcome).toEqual({ kind: 'failed', why: 'it ran longer than 3000 ms' })
  for (const pid of heard) expect(isAlive(Number(pid))).toBe(false)
})

test.each(['hang', 'deaf'])('told to stop, one that would %s ends', { timeout: 30_000 }, async (because) => {
  const ended = new AbortController()
  const pids: number[] = []
  const { outcome } = await run(because, {
    signal: ended.signal,
    onMessage(message) {
      if (message.kind === 'progress') pids.push(Number(message.text))
      ended.abort()
    },
  })
  expect(outcome).toEqual({ kind: 'failed', why: 'stopped' })
  expect(pids.map(isAlive)).toEqual([false])
})

test('stopped before it began, none is begun', async () => {
  const begun: unknown[] = []
  const job = { kind: 'train', config: '', until: 0, because: 'hang' } as const
  const limits = { memoryMbMax: 300, runMsMax: 1_000 }
  const outcome = await runJob({ job, limits, signal: AbortSignal.abort() }, () => {
    begun.push(1)
    return start()
  })
  expect(outcome).toEqual({ kind: 'failed', why: 'stopped' })
  expect(begun).toEqual([])
})

test('one that cannot be begun has failed: nothing is thrown', async () => {
  const job = { kind: 'train', config: '', until: 0, because: '' } as const
  const limits = { memoryMbMax: 300, runMsMax: 1_000 }
  const cannot = () => {
    throw new Error('no more processes')
  }
  expect(await runJob({ job, limits }, cannot)).toEqual({ kind: 'failed', why: 'no more processes' })
  const gone = () => fork('none.js', { execPath: '/nowhere/node', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  expect(await runJob({ job, limits }, gone)).toEqual({ kind: 'failed', why: expect.stringContaining('ENOENT') })
})

test('it ends when whoever began it is killed', { timeout: 30_000 }, async () => {
  const parent = spawn(process.execPath, [...TSX, ORPHAN_MAKER], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [told] = (await once(parent.stdout, 'data')) as [Buffer]
  const pid = Number(told.toString())
  expect(isAlive(pid)).toBe(true)
  parent.kill('SIGKILL')
  await until('the job to end', () => !isAlive(pid), 10_000)
})
