import { seededRandom } from '../../core/random.ts'
import type { SweepConfig } from '../config/sweep-schema.ts'
import type { TrialSettings } from './trial.ts'

/** The combinations that a sweep tries, in their order; of a grid the last parameter changes fastest. */
export function chooseSettings(sweep: SweepConfig): readonly TrialSettings[] {
  const lists = Object.entries(sweep.parameters)
  const settingsAt = (places: readonly number[]): TrialSettings =>
    Object.fromEntries(lists.map(([path, values], at) => [path, values[places[at] ?? 0] ?? null]))
  const counts = lists.map(([, values]) => values.length)
  const all = sweep.method === 'grid' ? grid(counts) : draws(counts, sweep.samples ?? 0, sweep.seed ?? 0)
  return all.map(settingsAt)
}

const grid = (counts: readonly number[]): readonly (readonly number[])[] =>
  counts.reduce<readonly (readonly number[])[]>(
    (places, count) => places.flatMap((before) => Array.from({ length: count }, (_, place) => [...before, place])),
    [[]],
  )

/** Uniform without repetition: what was drawn before is drawn again. Ends, as there are at least `samples` combinations. */
function draws(counts: readonly number[], samples: number, seed: number): readonly (readonly number[])[] {
  const random = seededRandom(seed)
  const drawn = new Map<string, readonly number[]>()
  while (drawn.size < samples) {
    const places = counts.map((count) => Math.floor(random() * count))
    drawn.set(places.join(), places)
  }
  return [...drawn.values()]
}
