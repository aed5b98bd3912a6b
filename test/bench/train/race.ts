import { type Contender, TRAIN_SHAPE, type TrainModel } from './contender.ts'

/** A contender with the number of threads it is given. */
export interface Entry {
  readonly contender: Contender
  readonly threads: number
}

export interface RaceLength {
  readonly rounds: number
  /** About so long trains each entry in each round. */
  readonly secPerRun: number
}

/** Samples per second of each entry in each round, entries in turn within a round: a slow spell hits all alike. */
export async function race(
  model: TrainModel,
  entries: readonly Entry[],
  { rounds, secPerRun }: RaceLength,
): Promise<ReadonlyMap<Entry, readonly number[]>> {
  const stepsOf = new Map<Entry, number>()
  for (const entry of entries) {
    const samplesPerSec = await entry.contender.run(model, entry.threads, 2)
    stepsOf.set(entry, Math.max(2, Math.ceil((samplesPerSec * secPerRun) / TRAIN_SHAPE.batch)))
  }
  const speeds = new Map(entries.map((entry) => [entry, [] as number[]]))
  for (let round = 0; round < rounds; round += 1) {
    for (const [entry, spent] of speeds) {
      spent.push(await entry.contender.run(model, entry.threads, stepsOf.get(entry) ?? 2))
    }
  }
  return speeds
}
