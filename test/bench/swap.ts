import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { quantile } from '../../src/wiring/session/quantiles.ts'
import type { BenchOptions } from './bench-options.ts'
import { type SwapRun, swapRun } from './swap-rig.ts'

const SWAPS = 1_000
const INSTRUMENTS = 4
/** Memory is read so often, after a collection; the first third of the readings is warm-up. */
const READINGS = 40
const BASELINE_BARS = 2_000

export interface SwapBench {
  readonly name: 'swap'
  readonly swaps: number
  readonly instruments: number
  readonly bars: number
  readonly decisions: number
  readonly missed: number
  readonly mixed: number
  readonly refused: number
  /** What the switch itself adds before the bar that it comes before. */
  readonly pauseMsP50: number
  readonly pauseMsP99: number
  readonly pauseMsMax: number
  /** Close to decision, bars that a switch came before, bars while a model was loaded, and bars of a run without swaps. */
  readonly switchedBarMsP50: number
  readonly switchedBarMsP99: number
  readonly otherBarMsP50: number
  readonly otherBarMsP99: number
  readonly quietBarMsP50: number
  readonly quietBarMsP99: number
  /** Delay of the event loop, with swaps and without. */
  readonly stallMsP99: number
  readonly stallMsMax: number
  readonly quietStallMsP99: number
  readonly quietStallMsMax: number
  /** Least squares over the readings after warm-up, megabytes per 1,000 swaps. */
  readonly rssSlopeMbPer1000: number
  readonly heapSlopeMbPer1000: number
  readonly rssMb: number
  readonly budgets: { readonly missedMax: 0; readonly mixedMax: 0; readonly pauseMsMax: 1 }
  readonly swapsPerSecond: number
}

export interface SwapBenchOptions extends BenchOptions {
  readonly swaps?: number
  readonly baselineBars?: number
}

/** One model after another, loaded from disk, proved, warmed and switched to, while bars are decided as fast as they can be. */
export async function run({
  swaps = SWAPS,
  baselineBars = BASELINE_BARS,
  progress,
}: SwapBenchOptions = {}): Promise<SwapBench> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tickwright-swap-'))
  try {
    progress?.(`${baselineBars} bars without a swap`)
    const quiet = await swapRun({ folder, instruments: INSTRUMENTS, swaps: 0, bars: baselineBars })
    const memory = memoryReader(Math.max(1, Math.floor(swaps / READINGS)), progress)
    const from = performance.now()
    const swapped = await swapRun({ folder, instruments: INSTRUMENTS, swaps, onSwap: memory.onSwap })
    const seconds = (performance.now() - from) / 1_000
    return { ...figures(swapped, quiet), ...memory.slopes(), swapsPerSecond: Number((swaps / seconds).toFixed(1)) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function figures(swapped: SwapRun, quiet: SwapRun) {
  const { swaps, bars, decisions, missed, mixed, refused, switchMs, switchedMs, otherMs } = swapped
  return {
    ...({ name: 'swap', swaps, instruments: INSTRUMENTS, bars, decisions, missed, mixed, refused } as const),
    pauseMsP50: rounded(switchMs, 0.5),
    pauseMsP99: rounded(switchMs, 0.99),
    pauseMsMax: rounded(switchMs, 1),
    switchedBarMsP50: rounded(switchedMs, 0.5),
    switchedBarMsP99: rounded(switchedMs, 0.99),
    otherBarMsP50: rounded(otherMs, 0.5),
    otherBarMsP99: rounded(otherMs, 0.99),
    quietBarMsP50: rounded(quiet.otherMs, 0.5),
    quietBarMsP99: rounded(quiet.otherMs, 0.99),
    stallMsP99: three(swapped.stallMsP99),
    stallMsMax: three(swapped.stallMsMax),
    quietStallMsP99: three(quiet.stallMsP99),
    quietStallMsMax: three(quiet.stallMsMax),
    budgets: { missedMax: 0, mixedMax: 0, pauseMsMax: 1 },
  } as const
}

const three = (value: number): number => Number(value.toFixed(3))
const rounded = (values: readonly number[], p: number): number => three(quantile(values, p) ?? Number.NaN)

/** Resident set and heap after a collection, every `every` swaps. */
function memoryReader(every: number, progress: BenchOptions['progress']) {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const rows: { readonly swaps: number; readonly rssMb: number; readonly heapMb: number }[] = []
  return {
    onSwap(nth: number): void {
      if (nth % every !== 0) return
      // Behind the bar that the switch came before: it is timed.
      setImmediate(() => {
        collect()
        const { rss, heapUsed } = process.memoryUsage()
        rows.push({ swaps: nth, rssMb: rss / 1e6, heapMb: heapUsed / 1e6 })
        progress?.(`${nth} swaps, resident ${(rss / 1e6).toFixed(0)} MB`)
      })
    },
    slopes() {
      const settled = rows.slice(Math.floor(rows.length / 3))
      return {
        rssSlopeMbPer1000: slope(settled.map(({ swaps, rssMb }) => [swaps, rssMb])),
        heapSlopeMbPer1000: slope(settled.map(({ swaps, heapMb }) => [swaps, heapMb])),
        rssMb: Math.round(settled.at(-1)?.rssMb ?? Number.NaN),
      }
    },
  }
}

/** Per 1,000. */
function slope(rows: readonly (readonly [number, number])[]): number {
  const mean = (column: 0 | 1): number => rows.reduce((total, row) => total + row[column], 0) / rows.length
  const [mx, my] = [mean(0), mean(1)]
  const sxy = rows.reduce((total, [x, y]) => total + (x - mx) * (y - my), 0)
  const sxx = rows.reduce((total, [x]) => total + (x - mx) ** 2, 0)
  return three((sxy / sxx) * 1_000)
}
