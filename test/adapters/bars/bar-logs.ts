import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { type BarLog, type BarLogOptions, createBarLog } from '../../../src/adapters/bars/bar-log.ts'
import type { BarLogPlace } from '../../../src/adapters/bars/bar-log-place.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { Bar } from '../../../src/market/bar.ts'
import { barCodec } from '../../../src/wiring/rows/bar-codec.ts'
import { barOf } from '../../features/bars.ts'
import { BTCUSDT, ETHUSDT } from '../../market/instruments.ts'

export const DAY_MS = 86_400_000
/** 2024-08-09T00:00:00Z. */
export const MIDNIGHT = 1_723_161_600_000
export const SYMBOLS = [BTCUSDT.symbol, ETHUSDT.symbol]

/** A folder for the logs of one test file. */
export function logFolder(): { place(name: string): BarLogPlace } {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'bars-'))
  })
  afterAll(() => rm(folder, { recursive: true }))
  return { place: (name) => ({ dir: path.join(folder, name), prefix: 'demo', bar: '1s', codec: barCodec }) }
}

export interface TestLog extends BarLog {
  /** Writes when the local clock says so many milliseconds after `MIDNIGHT`. */
  at(offsetMs: number): TestLog
}

/** A daemon's log, begun so many milliseconds after `MIDNIGHT`. */
export async function logAt(place: BarLogPlace, offsetMs: number, more: Partial<BarLogOptions> = {}): Promise<TestLog> {
  let now = MIDNIGHT + offsetMs
  const log = await createBarLog({
    ...place,
    barMs: 1_000,
    instruments: [BTCUSDT, ETHUSDT],
    venueId: 'binanceusdm',
    program: 'tickwright test',
    fsyncMs: 10,
    clock: { now: () => now as EpochMs, monotonicMs: () => now },
    onError: (error) => expect.fail(error.message),
    ...more,
  })
  const test: TestLog = {
    add: (bars) => log.add(bars),
    close: () => log.close(),
    at(offset) {
      now = MIDNIGHT + offset
      return test
    },
  }
  return test
}

/** The bar of the second that ends `seconds` after `MIDNIGHT`. */
export const barAt = (seconds: number, changes: Partial<Bar> = {}): Bar =>
  barOf(MIDNIGHT / 1_000 + seconds, { close: 100 + seconds, ...changes })

/** Both instruments. */
export const pairAt = (seconds: number): readonly Bar[] => [barAt(seconds), barAt(seconds, { symbol: ETHUSDT.symbol })]

/** What tells a group: seconds after `MIDNIGHT` at which its bars end. */
export const secondsOf = (bars: readonly Bar[]): number => (bars[0]!.endAt - MIDNIGHT) / 1_000

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
