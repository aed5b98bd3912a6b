import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { loadSweepFile } from '../../../../src/wiring/config/load-config.ts'
import { makeTrials } from '../../../../src/wiring/sweep/make-trials.ts'
import { runSweep, type SweepParts } from '../../../../src/wiring/sweep/run-sweep.ts'
import { type FakeConfig, startFakeWorker } from './fake-worker.ts'

/** Stands for the configuration of a backtest. */
export const fakeSchema = z
  .strictObject({
    a: z.number().max(100).describe('first number, count'),
    b: z.number().describe('second number, count'),
    list: z.array(z.number()).optional(),
    risk: z.strictObject({ most: z.number().positive() }).optional(),
    behave: z.record(z.string(), z.number()).optional(),
    begun: z.string().optional(),
    waitMs: z.number().optional(),
  })
  .refine(({ a, risk }) => risk === undefined || a <= risk.most, { path: ['a'], error: 'at most risk.most' })

const SWEEP = `parameters: {a: [1, 2, 3], b: [1, 2]}
method: grid
objective: sharpe
workers: 2
trialMsMax: 5000
`

export function sweepFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'tickwright-sweep-'))
  return { folder, out: join(folder, 'out'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export function writeSweep(folder: string, text = SWEEP) {
  const path = join(folder, 'sweep.yaml')
  writeFileSync(path, text)
  return loadSweepFile(path)
}

interface Given {
  readonly text?: string | undefined
  readonly base?: Partial<FakeConfig> & Record<string, unknown>
  readonly identity?: unknown
}

export const trialsOf = (folder: string, { text, base = {}, identity = { code: '1' } }: Given = {}) =>
  makeTrials({
    file: writeSweep(folder, text),
    base: { a: 1, b: 1, ...base },
    schema: fakeSchema,
    identityOf: async () => identity,
  })

/** Runs a sweep of fake trials into `<folder>/out`. */
export async function sweep(folder: string, given: Given = {}, parts: Partial<SweepParts> = {}) {
  const err: string[] = []
  const outcome = await runSweep({
    file: writeSweep(folder, given.text),
    trials: await trialsOf(folder, given),
    out: join(folder, 'out'),
    start: startFakeWorker,
    io: { err: (line) => void err.push(line), onStop: () => () => undefined },
    stream: process.stderr,
    ...parts,
  })
  return { outcome, err }
}
