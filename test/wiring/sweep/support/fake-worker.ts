import { appendFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { serveTrials, startThread } from '../../../../src/wiring/sweep/serve-trials.ts'
import type { RunTrial } from '../../../../src/wiring/sweep/trial.ts'

const MARK = 'fake-trial-worker'

/** What a fake trial is told: `a` and `b` make its metric, the rest how it behaves. */
export interface FakeConfig {
  readonly a: number
  readonly b: number
  /** `a` for which it does so; others behave. */
  readonly behave?: Readonly<Partial<Record<'throw' | 'crash' | 'exit' | 'hang' | 'spin' | 'void', number>>>
  /** File to which each trial adds a line as it begins. */
  readonly begun?: string
  readonly waitMs?: number
}

export const startFakeWorker = () => startThread(import.meta.url, MARK)

const runFake: RunTrial = async (config, watch) => {
  const { a, b, behave = {}, begun, waitMs = 0 } = config as FakeConfig
  if (begun !== undefined) appendFileSync(begun, `${a},${b}\n`)
  watch.onProgress(0.5)
  if (a === behave.throw) throw new Error('no candles')
  if (a === behave.exit) process.exit(7)
  if (a === behave.crash) setTimeout(() => void Promise.reject(new Error('out of luck')))
  if (a === behave.crash || a === behave.hang) await new Promise(() => setInterval(() => undefined, 1_000))
  while (a === behave.spin && !watch.isStopped()) Math.sqrt(a) // Hears no message.
  if (waitMs > 0) await wait(waitMs)
  const sharpe = a === behave.void ? Number.NaN : a * 10 - b
  return { metrics: { sharpe, trades: a }, runHash: `${a}/${b}` }
}

if (parentPort && workerData === MARK) serveTrials(parentPort, runFake)
