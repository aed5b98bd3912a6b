import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { lockState } from '../../adapters/sqlite/state-lock.ts'
import { InputError } from '../../core/errors.ts'
import type { Trial, TrialOutcome, TrialResult } from './trial.ts'

const FILE = 'trials.jsonl'

const sampleSchema = z.object({
  sharpe: z.number(),
  skewness: z.number(),
  kurtosis: z.number(),
  count: z.int().min(2),
  periodsPerYear: z.number().positive(),
})

const lineSchema = z.object({
  key: z.string(),
  settings: z.record(z.string(), z.json()),
  seconds: z.number(),
  result: z
    .object({
      metrics: z.record(z.string(), z.number().nullable()),
      sample: sampleSchema.optional(),
      runHash: z.string(),
    })
    .optional(),
  failure: z.string().optional(),
})

/** Finished trials, one line each, in the order they finished. */
export interface TrialLog {
  readonly path: string
  /** Of trials that were done; one that failed is tried again. */
  result(key: string): TrialResult | undefined
  /** On the disk when it returns. Returns the result as it will be read back. */
  append(trial: Trial, outcome: TrialOutcome, seconds: number): TrialResult | undefined
  close(): void
}

/**
 * Opens `<folder>/trials.jsonl`, which one process at a time may hold. A last line without its end, as a crash leaves it, is cut off.
 * Throws `InputError` when another sweep holds it, or for a line that is none of ours.
 */
export function openTrialLog(folder: string): TrialLog {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, FILE)
  const unlock = lock(folder, path)
  const descriptor = openSync(path, 'a+')
  try {
    const text = readFileSync(path, 'utf8')
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    const results = readResults(path, whole)
    if (whole.length < text.length) ftruncateSync(descriptor, Buffer.byteLength(whole))
    return {
      path,
      result: (key) => results.get(key),
      append({ key, settings }, outcome, seconds) {
        const told = outcome.kind === 'done' ? { result: numbersOnly(outcome.result) } : { failure: outcome.cause }
        writeSync(descriptor, `${JSON.stringify({ key, settings, seconds, ...told })}\n`)
        fsyncSync(descriptor)
        if (told.result) results.set(key, told.result)
        return told.result
      },
      close() {
        closeSync(descriptor)
        unlock()
      },
    }
  } catch (error) {
    closeSync(descriptor)
    unlock()
    throw error
  }
}

function lock(folder: string, path: string): () => void {
  try {
    return lockState(path)
  } catch (error) {
    if (!(error instanceof InputError) || !('holder' in error.context)) throw error
    const { holder } = error.context
    throw new InputError(
      `${folder} is in use by process ${String(holder)}: one sweep per folder (wait for it, or name another one)`,
      { folder, holder },
    )
  }
}

function readResults(path: string, text: string): Map<string, TrialResult> {
  const results = new Map<string, TrialResult>()
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    const parsed = lineSchema.safeParse(jsonOf(line))
    if (!parsed.success) {
      throw new InputError(
        `${path}: line ${index + 1} is no finished trial of a sweep: name another folder, or take the line out`,
        { path, line: index + 1 },
      )
    }
    const { key, result } = parsed.data
    if (result) results.set(key, result)
  }
  return results
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** JSON knows no infinity: a metric that is no finite number counts as none. */
const numbersOnly = ({ metrics, ...rest }: TrialResult): TrialResult => ({
  ...rest,
  metrics: Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [name, Number.isFinite(value) ? value : null]),
  ),
})
