import type { Clock } from '../../core/clock.port.ts'
import { InputError } from '../../core/errors.ts'
import type { EpochMs } from '../../core/units.ts'
import type { FeatureWindow } from '../../features/feature-row.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { type AheadForecaster, loadForecaster } from '../../inference/forecaster.ts'
import type { ModelRuntime } from '../../inference/model-runtime.port.ts'
import { checkBundle } from '../../model/bundle/bundle.ts'
import { type Dataset, datasetOf, splitByTime } from '../../training/dataset.ts'
import { type FittedModel, fitBundle } from '../../training/fit-bundle.ts'
import type { FitForecaster } from '../../training/fitted-forecaster.ts'
import { RowHistory } from './row-history.ts'

const DAY_MS = 86_400_000
/** Rows of a part below which nothing is fitted or scored. */
const ROWS_MIN = 100

/** How and when models are made. Times in days. */
export interface WalkForwardSettings {
  readonly everyDays: number
  readonly windowDays: number
  readonly firstAfterDays: number
  readonly steps: number
  readonly horizonBars: number
  readonly validationShare: number
  readonly evaluationShare: number
}

export interface WalkForwardParts {
  readonly settings: WalkForwardSettings
  readonly family: string
  readonly schema: FeatureSchema
  readonly symbols: readonly string[]
  readonly fit: FitForecaster
  readonly runtime: ModelRuntime
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** Keeps a model that was made. */
  save(model: FittedModel): Promise<void>
}

/** A model that existed from `at` on. */
export interface DatedModel {
  readonly at: EpochMs
  readonly modelId: string
  readonly from: string
  readonly to: string
  /** Out of sample, on the latest part of its window. */
  readonly metrics: Readonly<Record<string, number>>
}

/**
 * Walk-forward: at each due moment a model is fitted on the bars that had closed by then, and on labels that were known by then, and
 * decides from the next bar on (Pardo 2008, ch. 11; purge: López de Prado 2018, ch. 7.4).
 */
export class WalkForward {
  readonly models: DatedModel[] = []
  readonly #parts: WalkForwardParts
  readonly #histories: ReadonlyMap<string, RowHistory>
  #dueAt = Number.NaN

  constructor(parts: WalkForwardParts) {
    this.#parts = parts
    this.#histories = new Map(parts.symbols.map((symbol) => [symbol, new RowHistory(parts.settings.steps)]))
  }

  /** The run begins at `startAt`. */
  begin(startAt: EpochMs): void {
    this.#dueAt = startAt + this.#parts.settings.firstAfterDays * DAY_MS
  }

  /** Before the bars that begin at `startAt` are decided. */
  isDue(startAt: number): boolean {
    return startAt >= this.#dueAt
  }

  remember(windows: readonly FeatureWindow[]): void {
    for (const window of windows) this.#histories.get(window.row.bar.symbol)?.add(window)
  }

  /** Fits on what closed up to `at`. Throws `InputError` when that is too little. */
  async fit(at: EpochMs): Promise<AheadForecaster> {
    const { settings, family, schema, symbols, clock, runtime } = this.#parts
    const { everyDays, windowDays, steps, horizonBars, evaluationShare, validationShare } = settings
    const { barMs } = schema.settings
    const windowMs = windowDays * DAY_MS
    const from = at - windowMs
    for (const history of this.#histories.values()) history.forgetBefore(from)
    while (this.#dueAt <= at) this.#dueAt += everyDays * DAY_MS
    const span = this.#spanOf(from, at)
    const borderAt = at - (at - span) * evaluationShare
    const purgeMs = (horizonBars + steps) * barMs
    const data = (after: number, until: number): Dataset =>
      datasetOf(
        symbols.map((symbol) => this.#histories.get(symbol)!.windows(after, until)),
        { featureNames: schema.names, steps, barMs, horizonBars },
      )
    const window = { from: iso(span), to: iso(at) }
    const fitData = this.#enough(data(from, borderAt - purgeMs), 'fit', at)
    const model = await fitBundle({
      family,
      fitData,
      evaluationData: this.#enough(data(borderAt, at), 'evaluation', at),
      split: splitByTime(fitData, validationShare),
      schemaHash: schema.hash,
      createdAt: iso(at),
      source: `candles of ${symbols.join(', ')}`,
      window,
      seeds: [],
      evaluationSeeds: [],
      fit: this.#parts.fit,
      // A run makes dozens of models.
      withLogistic: false,
    })
    await this.#parts.save(model)
    const bundle = checkBundle({ folder: `${family}/${model.version}`, files: model.files })
    const forecaster = await loadForecaster(bundle, runtime, 'cpu', clock)
    this.models.push({ at, modelId: forecaster.modelId, ...window, metrics: model.metrics })
    return forecaster
  }

  /** Start of the first bar remembered within the window. */
  #spanOf(from: number, at: number): number {
    const starts = [...this.#histories.values()].flatMap((history) => {
      const [first] = history.windows(from, at)
      return first ? [first.row.bar.startAt] : []
    })
    return Math.min(at, ...starts)
  }

  #enough(data: Dataset, part: string, at: number): Dataset {
    if (data.rows >= ROWS_MIN) return data
    throw new InputError(
      `backtest.retrain: ${data.rows} rows of ${this.#parts.symbols.join(', ')} for ${part} before ${iso(at)}; ` +
        `it takes at least ${ROWS_MIN}: lengthen windowDays and firstAfterDays, or look for gaps in the candles`,
      { rows: data.rows },
    )
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()
