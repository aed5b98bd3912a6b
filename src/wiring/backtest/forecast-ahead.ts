import type { FeatureWindow } from '../../features/feature-row.ts'
import type { Forecast, NoForecast } from '../../inference/forecast.ts'
import type { Forecaster } from '../../inference/forecaster.ts'
import type { ModelSource } from '../../inference/model-service.ts'

/** Of the bars before the first model of a walk-forward. */
const NO_MODEL: NoForecast = { modelId: '', failure: 'no model has been fitted yet' }

/** What a model said of windows. */
export type Answers = ReadonlyMap<FeatureWindow, Forecast | NoForecast>

/**
 * Asks a model for many bars at once. What it forecasts depends on the windows alone, never on what was decided, so this is the same as
 * asking bar by bar up to the rounding of the runtime's kernels at another batch size.
 */
export class ForecastAhead implements ModelSource {
  readonly steps: number
  readonly #batch: number
  #model: Forecaster | undefined
  #answers: Answers = new Map()

  constructor(steps: number, batch: number) {
    this.steps = steps
    this.#batch = batch
  }

  /** Undefined before the first. The caller releases the model before. */
  use(model: Forecaster): void {
    this.#model = model
  }

  get modelId(): string {
    return this.#model?.modelId ?? ''
  }

  /** Goes on in the model's thread while other bars are decided. */
  async ask(windows: readonly FeatureWindow[]): Promise<Answers> {
    const answers = new Map<FeatureWindow, Forecast | NoForecast>()
    const model = this.#model
    if (!model) return answers
    const usable = windows.filter(({ ready, row }) => ready && row.bar.taints.length === 0)
    for (let from = 0; from < usable.length; from += this.#batch) {
      const some = usable.slice(from, from + this.#batch)
      const outcomes = await model.forecast(some)
      for (const [at, window] of some.entries()) answers.set(window, outcomes[at]!)
    }
    return answers
  }

  /** For the bars that are decided from now on. */
  answerWith(answers: Answers): void {
    this.#answers = answers
  }

  take() {
    const { steps } = this
    const model = this.#model
    return {
      forecaster: {
        modelId: this.modelId,
        provider: model?.provider ?? 'none',
        steps,
        features: model?.features ?? 0,
        horizonBars: model?.horizonBars ?? 0,
        thresholdBps: model?.thresholdBps ?? 0,
        forecast: (windows: readonly FeatureWindow[]) =>
          Promise.resolve(windows.map((window) => this.#answers.get(window) ?? NO_MODEL)),
        release: () => Promise.resolve(),
      },
      expiresAt: undefined,
    }
  }
}
