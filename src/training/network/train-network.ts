import type { Random } from '../../core/random.ts'
import { seededRandom } from '../../core/random.ts'
import type { TrainingGraphs } from '../../model/optimise/training-graphs.ts'
import type { UpdateOptions } from '../../model/optimise/update-weights.ts'
import type { GraphEngine, GraphSession } from '../graph-engine.port.ts'
import { dropoutMasks } from './dropout-masks.ts'
import type { Schedule } from './schedule.ts'
import { afterEpoch, rateScale } from './schedule.ts'
import type { BatchFeeds, EvaluationData, Feeds, TrainingData } from './training-data.ts'
import type { TrainingState } from './training-state.ts'
import type { UpdateRunner } from './update-runner.ts'
import { openUpdateRunner } from './update-runner.ts'

export interface TrainingSettings {
  readonly update: UpdateOptions
  readonly learningRate: number
  readonly schedule: Schedule
  /** Runs whose gradients are added up for one update, ≥ 1. */
  readonly batchesPerUpdate: number
  readonly epochsMax: number
  /** Epochs without a lower validation loss after which training stops. */
  readonly patience: number
  /** Order of rows and dropout follow from it. */
  readonly seed: number
}

export interface TrainingRequest {
  readonly graphs: TrainingGraphs
  readonly engine: GraphEngine
  readonly train: TrainingData
  readonly validation: EvaluationData
  readonly settings: TrainingSettings
  /** Fresh, or of an earlier training with the same graphs and settings: on the same data it goes on as if it had never stopped. */
  readonly state: TrainingState
  /** `state`: what training goes on from if it ends here. The next epoch waits for it. */
  readonly onEpoch?: ((report: EpochReport, state: TrainingState) => void | Promise<void>) | undefined
  /** Asked after each epoch. */
  readonly isStopped?: (() => boolean) | undefined
}

export interface EpochReport {
  /** Counted from 1. */
  readonly epoch: number
  /** Mean over the epoch's updates, while the weights moved. */
  readonly trainLoss: number
  readonly validationLoss: number
  /** Of the epoch's last update. */
  readonly learningRate: number
  /** Mean over the epoch's updates, before cutting. */
  readonly gradientNorm: number
}

export interface TrainingResult {
  /** `best.weights` are those to use. */
  readonly state: TrainingState
  readonly curve: readonly EpochReport[]
  /** What computed, e.g. `cpu`. */
  readonly provider: string
  /** `diverged`: a loss or gradient was not finite; the state is that before the epoch. */
  readonly stoppedBy: 'epochs' | 'patience' | 'request' | 'diverged'
}

/** Minimises on `train`, watches `validation`. Equal requests on the CPU give equal weights, bit for bit. */
export async function trainNetwork(request: TrainingRequest): Promise<TrainingResult> {
  const { graphs, engine, settings } = request
  const evaluation = await engine.load(graphs.evaluate)
  let runner: UpdateRunner | undefined
  try {
    runner = await openUpdateRunner(graphs, engine, settings)
    return { ...(await runEpochs(request, runner, evaluation)), provider: evaluation.provider }
  } finally {
    await runner?.release()
    await evaluation.release()
  }
}

async function runEpochs(
  request: TrainingRequest,
  runner: UpdateRunner,
  evaluation: GraphSession,
): Promise<Omit<TrainingResult, 'provider'>> {
  const { settings, validation, isStopped, onEpoch } = request
  const curve: EpochReport[] = []
  let state = await measuredAnew(request.state, validation, evaluation)
  while (state.epoch < settings.epochsMax) {
    const moved = await runEpoch(request, runner, state)
    const validationLoss = moved ? await lossOf(validation, evaluation, moved.weights) : Number.NaN
    if (!moved || !Number.isFinite(validationLoss)) return { state, curve, stoppedBy: 'diverged' }
    state = stateAfter(settings.schedule, state, moved, validationLoss)
    const { trainLoss, learningRate, gradientNorm } = moved
    const report = { epoch: state.epoch, trainLoss, validationLoss, learningRate, gradientNorm }
    curve.push(report)
    await onEpoch?.(report, state)
    if (state.epoch - state.best.epoch >= settings.patience) return { state, curve, stoppedBy: 'patience' }
    if (isStopped?.()) return { state, curve, stoppedBy: 'request' }
  }
  return { state, curve, stoppedBy: 'epochs' }
}

/** Training may go on with other rows than it began with: the loss to beat is then another. */
async function measuredAnew(
  state: TrainingState,
  validation: EvaluationData,
  evaluation: GraphSession,
): Promise<TrainingState> {
  if (state.epoch === 0) return state
  const { best, plateau } = state
  const loss = await lossOf(validation, evaluation, best.weights)
  const isSame = loss === best.loss
  return { ...state, best: { ...best, loss }, plateau: isSame ? plateau : { ...plateau, bestLoss: loss, badEpochs: 0 } }
}

interface Moved {
  readonly weights: Float32Array
  readonly moments: readonly Float32Array[]
  readonly step: number
  readonly trainLoss: number
  readonly learningRate: number
  readonly gradientNorm: number
}

/** All updates of one epoch; undefined when a number was not finite. */
async function runEpoch(
  { train, settings, graphs }: TrainingRequest,
  runner: UpdateRunner,
  { epoch, plateau, ...from }: TrainingState,
): Promise<Moved | undefined> {
  const random = epochRandom(settings.seed, epoch)
  const updates = train.epoch(random)
  const stepsMax = updates.length * settings.epochsMax
  let { weights, moments, step } = from
  let [lossSum, normSum, learningRate] = [0, 0, 0]
  let answer: Feeds | undefined
  for (const batches of updates) {
    learningRate = settings.learningRate * rateScale(settings.schedule, { step, stepsMax, epoch, plateau })
    step += 1
    const masked = batches.map((batch) => withMasks(batch, graphs, random))
    const made = await runner.run({ weights, moments, step, learningRate, batches: masked, before: answer })
    if (!Number.isFinite(made.loss) || !Number.isFinite(made.gradientNorm)) return undefined
    lossSum += made.loss
    normSum += made.gradientNorm
    weights = made.weights
    moments = made.moments
    answer = made.answer
  }
  const count = updates.length
  return { weights, moments, step, learningRate, trainLoss: lossSum / count, gradientNorm: normSum / count }
}

/** A generator of its own for each epoch: training that goes on draws as if it had never stopped. */
const epochRandom = (seed: number, epoch: number): Random => seededRandom(seed + 0x9e3779b9 * (epoch + 1))

const withMasks =
  (batch: BatchFeeds, { dropoutSites }: TrainingGraphs, random: Random): BatchFeeds =>
  (before) => ({ ...batch(before), ...dropoutMasks(dropoutSites, random) })

function stateAfter(
  schedule: Schedule,
  before: TrainingState,
  { weights, moments, step }: Moved,
  validationLoss: number,
): TrainingState {
  const epoch = before.epoch + 1
  const best = validationLoss < before.best.loss ? { weights, loss: validationLoss, epoch } : before.best
  return { weights, moments, step, epoch, best, plateau: afterEpoch(schedule, before.plateau, validationLoss) }
}

/** Mean loss, without dropout. */
async function lossOf(data: EvaluationData, session: GraphSession, weights: Float32Array): Promise<number> {
  let loss = 0
  for (const feeds of data) {
    const answer = await session.run({ ...feeds(), weights: { dims: [weights.length], data: weights } })
    loss += answer['loss']!.data[0]!
  }
  return loss
}
