import { quantile } from '../../../src/wiring/session/quantiles.ts'
import type { Contender, TrainModel } from './contender.ts'
import { flopsPerSample } from './flops.ts'
import { type Entry, type RaceLength, race } from './race.ts'

/** Medians over the rounds; a ratio is the median of the rounds' ratios. */
interface Figures {
  readonly threads: number
  readonly samplesPerSec: {
    readonly ours: number
    readonly torch: number | null
    /** Both with one thread: the package has no more under Node.js. */
    readonly tfjsWasm: number
    readonly tfjsWasmTuned: number
  }
  readonly ratioTfjsWasm: number
  /** Against TensorFlow.js with a gradient of the matrix product that avoids its slow path. */
  readonly ratioTfjsWasmTuned: number
  readonly ratioTorch: number | null
  /** Ours. */
  readonly gflopsPerSec: number
  readonly peakGflopsPerSec: number
  readonly shareOfPeak: number
}

export interface ModelFigures {
  readonly flopsPerSample: number
  readonly byThreads: readonly Figures[]
}

export interface Field {
  readonly ours: Contender
  readonly torch: Contender | undefined
  readonly tfjs: Contender
  readonly tuned: Contender
}

/** Samples per second by round. */
interface Lane {
  readonly threads: number
  readonly ours: readonly number[]
  readonly torch: readonly number[] | undefined
  readonly tfjs: readonly number[]
  readonly tuned: readonly number[]
}

/** One race of all contenders over one model. TensorFlow.js runs once a round and counts in every lane. */
export async function raceLanes(
  model: TrainModel,
  { ours, torch, tfjs, tuned }: Field,
  threads: readonly number[],
  length: RaceLength,
): Promise<readonly Lane[]> {
  const [plain, fast]: readonly [Entry, Entry] = [
    { contender: tfjs, threads: 1 },
    { contender: tuned, threads: 1 },
  ]
  const pairs = threads.map((count) => ({
    threads: count,
    ours: { contender: ours, threads: count },
    torch: torch && { contender: torch, threads: count },
  }))
  const entries = pairs.flatMap((pair) => (pair.torch ? [pair.ours, pair.torch] : [pair.ours]))
  const speeds = await race(model, [...entries, plain, fast], length)
  const of = (entry: Entry): readonly number[] => speeds.get(entry) ?? []
  return pairs.map((pair) => ({
    threads: pair.threads,
    ours: of(pair.ours),
    torch: pair.torch && of(pair.torch),
    tfjs: of(plain),
    tuned: of(fast),
  }))
}

/** `peaks`: GFLOP/s by number of threads. */
export function modelFigures(
  model: TrainModel,
  lanes: readonly Lane[],
  peaks: ReadonlyMap<number, number>,
): ModelFigures {
  return {
    flopsPerSample: flopsPerSample[model],
    byThreads: lanes.map((lane) => laneFigures(lane, flopsPerSample[model], peaks.get(lane.threads) ?? Number.NaN)),
  }
}

function laneFigures({ threads, ours, torch, tfjs, tuned }: Lane, flops: number, peakGflopsPerSec: number): Figures {
  const gflopsPerSec = (median(ours) * flops) / 1e9
  return {
    threads,
    samplesPerSec: {
      ours: rounded(median(ours)),
      torch: torch ? rounded(median(torch)) : null,
      tfjsWasm: rounded(median(tfjs)),
      tfjsWasmTuned: rounded(median(tuned)),
    },
    ratioTfjsWasm: ratio(ours, tfjs),
    ratioTfjsWasmTuned: ratio(ours, tuned),
    ratioTorch: torch ? ratio(ours, torch) : null,
    gflopsPerSec: rounded(gflopsPerSec),
    peakGflopsPerSec: rounded(peakGflopsPerSec),
    shareOfPeak: rounded(gflopsPerSec / peakGflopsPerSec),
  }
}

const median = (values: readonly number[]): number => quantile(values, 0.5) ?? Number.NaN

const ratio = (ours: readonly number[], theirs: readonly number[]): number =>
  rounded(median(ours.map((speed, round) => speed / (theirs[round] ?? Number.NaN))))

const rounded = (value: number): number => Number(value.toPrecision(4))
