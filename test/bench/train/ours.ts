import { onnxEngine } from '../../../src/adapters/onnx/onnx-engine.ts'
import { momentCount, stepScalars } from '../../../src/model/optimise/optimiser.ts'
import { type TrainingGraphs, trainingGraphs } from '../../../src/model/optimise/training-graphs.ts'
import type { EngineTensor, GraphSession } from '../../../src/training/graph-engine.port.ts'
import { type Contender, TRAIN_ADAM, TRAIN_MODELS, TRAIN_SHAPE, type TrainModel } from './contender.ts'
import { ourObjective } from './our-objectives.ts'
import { ourWeights } from './our-weights.ts'
import type { Problem, Problems } from './problem.ts'

const OPTIMISER = {
  kind: 'adam',
  beta1: TRAIN_ADAM.beta1,
  beta2: TRAIN_ADAM.beta2,
  epsilon: TRAIN_ADAM.epsilon,
} as const
const WARM_UP_STEPS = 2

/** One model in training. */
interface Run {
  /** Answers the loss before the step. */
  step(): Promise<number>
}

/** Our training graphs on ONNX Runtime, from the problem's weights. `provider`: of execution. */
export function ours(problems: Problems, provider = 'cpu'): Contender {
  const sessions = new Map<string, Promise<GraphSession>>()
  const graphs = Object.fromEntries(
    TRAIN_MODELS.map((model) => [
      model,
      trainingGraphs(ourObjective(model), { optimiser: OPTIMISER, weightDecay: 0, l1: 0 }),
    ]),
  ) as Record<TrainModel, TrainingGraphs>
  const startOf = async (model: TrainModel, threads: number): Promise<Run> => {
    const key = `${model} ${threads}`
    const loading = sessions.get(key) ?? onnxEngine({ provider, threads }).load(graphs[model].step)
    sessions.set(key, loading)
    return trainingRun(await loading, problems[model], ourWeights(model, problems[model], graphs[model].layout))
  }
  return {
    name: 'tickwright',
    async run(model, threads, steps) {
      const { step } = await startOf(model, threads)
      for (let i = 0; i < WARM_UP_STEPS; i += 1) await step()
      const startedMs = performance.now()
      for (let i = 0; i < steps; i += 1) await step()
      return (steps * TRAIN_SHAPE.batch * 1_000) / (performance.now() - startedMs)
    },
    async losses(model, steps) {
      const { step } = await startOf(model, 1)
      const losses: number[] = []
      for (let i = 0; i < steps; i += 1) losses.push(await step())
      return losses
    },
    async close() {
      for (const session of sessions.values()) await (await session).release()
    },
  }
}

function trainingRun(session: GraphSession, { x, y }: Problem, start: Float32Array): Run {
  const vector = (data: Float32Array): EngineTensor => ({ dims: [data.length], data })
  const scalar = (value: number): EngineTensor => ({ dims: [], data: Float32Array.of(value) })
  const sampleWeight = vector(new Float32Array(TRAIN_SHAPE.batch).fill(1 / TRAIN_SHAPE.batch))
  let state: Record<string, EngineTensor> = { weights: vector(start) }
  for (let i = 0; i < momentCount(OPTIMISER); i += 1) state[`moment${i}`] = vector(new Float32Array(start.length))
  let steps = 0
  return {
    async step() {
      steps += 1
      const scalars = Object.entries(stepScalars(OPTIMISER, steps)).map(([name, value]) => [name, scalar(value)])
      const learningRate = scalar(TRAIN_ADAM.learningRate)
      const found = await session.run({ x, y, sampleWeight, learningRate, ...state, ...Object.fromEntries(scalars) })
      state = {
        weights: found['weightsNext']!,
        moment0: found['momentNext0']!,
        moment1: found['momentNext1']!,
      }
      return found['loss']!.data[0]!
    },
  }
}
