export type TrainModel = 'lstm' | 'transformer'

export const TRAIN_MODELS: readonly TrainModel[] = ['lstm', 'transformer']

/** What both models are trained on: one batch in memory, the same at every step. */
export const TRAIN_SHAPE = {
  batch: 64,
  steps: 64,
  features: 40,
  /** Hidden units of the LSTM, width of the Transformer. */
  width: 64,
  layers: 2,
  heads: 4,
  feedForward: 256,
} as const

/** Adam with torch's defaults otherwise. */
export const TRAIN_ADAM = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const

/** One engine in the race. */
export interface Contender {
  readonly name: string
  /** Trains `steps` batches after a warm-up that is not timed. Answers samples per second. */
  run(model: TrainModel, threads: number, steps: number): Promise<number>
  /** Losses of the first Adam steps from the weights of the problem, each before its step: equal for all. */
  losses?(model: TrainModel, steps: number): Promise<readonly number[]>
  close(): Promise<void>
}
