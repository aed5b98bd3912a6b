import { type Contender, TRAIN_MODELS } from './contender.ts'

const STEPS = 3
/** Relative. */
const DIFFERENCE_MAX = 1e-3

export interface Agreement {
  readonly contenders: readonly string[]
  readonly steps: number
  readonly relativeDifferenceMax: number
  readonly allowed: number
}

/**
 * All contenders must compute the same: from the same weights and data, the losses before the first Adam steps. Throws
 * when they differ: speeds of different models are no comparison.
 */
export async function agreement(contenders: readonly Contender[]): Promise<Agreement> {
  let relativeDifferenceMax = 0
  for (const model of TRAIN_MODELS) {
    let first: { readonly name: string; readonly losses: readonly number[] } | undefined
    for (const { name, losses: lossesOf } of contenders) {
      if (!lossesOf) continue
      const losses = await lossesOf(model, STEPS)
      first ??= { name, losses }
      const difference = relativeDifference(first.losses, losses)
      if (!(difference <= DIFFERENCE_MAX)) {
        throw new Error(`${model}: losses of ${first.name} ${first.losses.join()} and ${name} ${losses.join()} differ`)
      }
      relativeDifferenceMax = Math.max(relativeDifferenceMax, difference)
    }
  }
  const compared = contenders.filter(({ losses }) => losses !== undefined).map(({ name }) => name)
  return { contenders: compared, steps: STEPS, relativeDifferenceMax, allowed: DIFFERENCE_MAX }
}

/** NaN when a loss is missing or no number. */
function relativeDifference(first: readonly number[], second: readonly number[]): number {
  const differences = Array.from({ length: STEPS }, (_, step) => {
    const [a, b] = [first[step] ?? Number.NaN, second[step] ?? Number.NaN]
    return Math.abs(a - b) / Math.abs(a)
  })
  return Math.max(...differences)
}
