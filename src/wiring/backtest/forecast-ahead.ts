import type { FeatureWindow } from '../../features/feature-row.ts'
import type { Forecast, NoForecast } from '../../inference/forecast.ts'
import type { Forecaster } from '../../inference/forecaster.ts'

/** Of the bars before the first model of a walk-forward. */
const NO_MODEL: NoForecast = { modelId: '', failure: 'no model has been fitted yet' }

/** What a model said of windows, in their order; undefined of those that it was not to be asked about. */
export type Answers = readonly (Forecast | NoForecast | undefined)[]

/**
 * Asks a model for many bars at once. What it forecasts depends on the windows alone, never on what was decided, so this is the same as
 * asking bar by bar up to the rounding of the runtime's kernels at another batch size.
 */
export class ForecastAhead {
  readonly #batch: number
  #model: Forecaster | undefined

  constructor(batch: number) {
    this.#batch = batch
  }

  /** The caller releases the model before. */
  use(model: Forecaster): void {
    this.#model = model
  }

  /** Goes on in the model's thread while other bars are decided. */
  async ask(windows: readonly FeatureWindow[]): Promise<Answers> {
    const answers = new Array<Forecast | NoForecast | undefined>(windows.length).fill(undefined)
    const model = this.#model
    const usable = [...windows.keys()].filter((at) => isUsable(windows[at]!))
    for (let from = 0; from < usable.length; from += this.#batch) {
      const some = usable.slice(from, from + this.#batch)
      const outcomes = await model?.forecast(some.map((at) => windows[at]!))
      for (const [nth, at] of some.entries()) answers[at] = outcomes?.[nth] ?? NO_MODEL
    }
    return answers
  }
}

const isUsable = ({ ready, row }: FeatureWindow): boolean => ready && row.bar.taints.length === 0
