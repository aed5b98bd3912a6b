import { stepScalars } from '../../model/optimise/optimiser.ts'
import type { TrainingGraphs } from '../../model/optimise/training-graphs.ts'
import type { UpdateOptions } from '../../model/optimise/update-weights.ts'
import type { EngineTensor, GraphEngine, GraphSession } from '../graph-engine.port.ts'
import type { BatchFeeds, Feeds } from './training-data.ts'

export interface Update {
  /** Flat. */
  readonly weights: Float32Array
  readonly moments: readonly Float32Array[]
  /** Counted from 1. */
  readonly step: number
  readonly learningRate: number
  /** Its runs, dropout masks included. */
  readonly batches: readonly BatchFeeds[]
  /** What the last run of the update before answered. */
  readonly before: Feeds | undefined
}

export interface UpdateMade {
  readonly weights: Float32Array
  readonly moments: readonly Float32Array[]
  readonly loss: number
  /** Before it is cut. */
  readonly gradientNorm: number
  /** What the last run answered. */
  readonly answer: Feeds
}

/** Makes one update after the other. */
export interface UpdateRunner {
  run(update: Update): Promise<UpdateMade>
  release(): Promise<void>
}

interface RunnerSettings {
  readonly update: UpdateOptions
  /** Runs whose gradients are added up for one update, ≥ 1. */
  readonly batchesPerUpdate: number
}

export async function openUpdateRunner(
  graphs: TrainingGraphs,
  engine: GraphEngine,
  { update: options, batchesPerUpdate }: RunnerSettings,
): Promise<UpdateRunner> {
  if (batchesPerUpdate === 1) return stepRunner(await engine.load(graphs.step), options)
  const accumulate = await engine.load(graphs.accumulate)
  try {
    return accumulatingRunner(accumulate, await engine.load(graphs.apply), options)
  } catch (error) {
    await accumulate.release()
    throw error
  }
}

/** One run is one update. */
const stepRunner = (session: GraphSession, options: UpdateOptions): UpdateRunner => ({
  async run(update) {
    const feeds = update.batches[0]!(update.before)
    const answer = await session.run({ ...feeds, weights: vector(update.weights), ...updateFeeds(update, options) })
    return { ...movedOf(answer, update), loss: numberOf(answer['loss']), answer }
  },
  release: () => session.release(),
})

/** Gradients of all batches are added up, then one update is made. */
const accumulatingRunner = (accumulate: GraphSession, apply: GraphSession, options: UpdateOptions): UpdateRunner => ({
  async run(update) {
    const weights = vector(update.weights)
    let gradientSum = vector(new Float32Array(update.weights.length))
    let answer = update.before
    let loss = 0
    for (const batch of update.batches) {
      answer = await accumulate.run({ ...batch(answer), weights, gradientSum })
      gradientSum = answer['gradientSumNext']!
      loss += numberOf(answer['loss'])
    }
    const applied = await apply.run({ weights, gradientSum, ...updateFeeds(update, options) })
    return { ...movedOf(applied, update), loss, answer: answer! }
  },
  async release() {
    await accumulate.release()
    await apply.release()
  },
})

const vector = (data: Float32Array): EngineTensor => ({ dims: [data.length], data })
const scalar = (value: number): EngineTensor => ({ dims: [], data: Float32Array.of(value) })
const numberOf = (tensor: EngineTensor | undefined): number => tensor!.data[0]!

/** What `updateWeights` takes beside the weights. */
function updateFeeds({ moments, step, learningRate }: Update, { optimiser }: UpdateOptions): Feeds {
  const scalars = Object.entries(stepScalars(optimiser, step)).map(([name, value]) => [name, scalar(value)])
  return {
    ...Object.fromEntries(moments.map((moment, i) => [`moment${i}`, vector(moment)])),
    learningRate: scalar(learningRate),
    ...Object.fromEntries(scalars),
  }
}

const movedOf = (answer: Feeds, { moments }: Update) => ({
  weights: answer['weightsNext']!.data,
  moments: moments.map((_, i) => answer[`momentNext${i}`]!.data),
  gradientNorm: numberOf(answer['gradientNorm']),
})
