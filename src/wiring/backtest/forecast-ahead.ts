import type { FeatureWindow } from '../../features/feature-row.ts'
import type { Forecast, NoForecast } from '../../inference/forecast.ts'
import type { AheadForecaster, Outcomes } from '../../inference/forecaster.ts'
import type { Moments } from './window-source.ts'

/** Of the bars before the first model of a walk-forward. */
const NO_MODEL: NoForecast = { modelId: '', failure: 'no model has been fitted yet' }

/** What models said of the windows of some moments: of instrument `lane` at moment `nth`. Undefined: none was to be asked. */
export type Answers = (nth: number, lane: number) => Forecast | NoForecast | undefined

/**
 * Asks a model for many bars at once. What it forecasts depends on the windows alone, never on what was decided, so this is the same as
 * asking bar by bar up to the rounding of the runtime's kernels at another batch size.
 */
export class ForecastAhead {
  readonly #batch: number
  readonly #lanes: readonly number[]
  #model: AheadForecaster | undefined

  /** `lanes`: which instruments of a moment it is asked about. */
  constructor(batch: number, lanes: readonly number[]) {
    this.#batch = batch
    this.#lanes = lanes
  }

  /** The caller releases the model before. */
  use(model: AheadForecaster): void {
    this.#model = model
  }

  /** Goes on in the model's thread while other bars are decided. The answers count the lanes that it is asked about. */
  async ask(moments: Moments): Promise<Answers> {
    const batch = this.#batch
    const { length: lanes } = this.#lanes
    const { usable, places } = usableOf(moments, this.#lanes)
    const said: (Outcomes | undefined)[] = []
    for (let from = 0; from < usable.length; from += batch) {
      said.push(await this.#model?.forecastAhead(usable.slice(from, from + batch)))
    }
    return (nth, lane) => {
      const place = places[nth * lanes + lane]!
      if (place < 0) return undefined
      return said[Math.floor(place / batch)]?.at(place % batch) ?? NO_MODEL
    }
  }
}

/** The windows that the model is to be asked about, and of each window its place among them, or −1. */
function usableOf(
  moments: Moments,
  lanes: readonly number[],
): { usable: readonly FeatureWindow[]; places: Int32Array } {
  const usable: FeatureWindow[] = []
  const places = new Int32Array(moments.length * lanes.length).fill(-1)
  for (let nth = 0; nth < moments.length; nth += 1) {
    const windows = moments.at(nth)!
    for (let at = 0; at < lanes.length; at += 1) {
      const window = windows[lanes[at]!]!
      if (!window.ready) continue
      places[nth * lanes.length + at] = usable.length
      usable.push(window)
    }
  }
  return { usable, places }
}
