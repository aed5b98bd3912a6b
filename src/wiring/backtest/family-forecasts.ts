import { check } from '../../core/check.ts'
import { releaseAll } from '../../core/each-or-none.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'
import type { BacktestModels, FamilyModels } from './backtest.ts'
import { type Answers, ForecastAhead } from './forecast-ahead.ts'
import type { Moments, MomentWindows } from './window-source.ts'

interface Family {
  readonly models: BacktestModels
  readonly ahead: ForecastAhead
  /** Its instruments, by their place among those of the run. */
  readonly lanes: readonly number[]
}

/** Where an instrument's answers are: which family, and which of its lanes. */
interface Place {
  readonly family: number
  readonly lane: number
}

/** What the models of a run say, each of its own instruments. */
export class FamilyForecasts {
  readonly #families: readonly Family[]
  /** Of each instrument of the run. */
  readonly #places: readonly Place[]
  readonly #modelsOf: ReadonlyMap<InstrumentSymbol, BacktestModels>

  /** `symbols`: the instruments of a moment in their order, each in one family. `batch`: windows that a model is asked about at once, at most. */
  constructor(families: readonly FamilyModels[], symbols: readonly InstrumentSymbol[], batch: number) {
    this.#families = families.map((family) => {
      const lanes = symbols.flatMap((symbol, lane) => (family.symbols.includes(symbol) ? [lane] : []))
      return { models: family.models, lanes, ahead: new ForecastAhead(batch, lanes) }
    })
    this.#places = symbols.map((symbol, at) => {
      const family = this.#families.findIndex(({ lanes }) => lanes.includes(at))
      check(family >= 0, 'a model for an instrument', symbol)
      return { family, lane: this.#families[family]!.lanes.indexOf(at) }
    })
    this.#modelsOf = new Map(symbols.map((symbol, at) => [symbol, this.#families[this.#places[at]!.family]!.models]))
  }

  /** Rows that the models look back on at most. */
  get steps(): number {
    return Math.max(...this.#families.map(({ models }) => models.steps))
  }

  horizonBarsOf(symbol: InstrumentSymbol): number {
    return this.#modelsOf.get(symbol)!.horizonBars
  }

  thresholdBpsOf(symbol: InstrumentSymbol, modelId: string): number {
    return this.#modelsOf.get(symbol)!.thresholdBps(modelId)
  }

  begin(startAt: EpochMs): void {
    for (const { models } of this.#families) models.begin(startAt)
  }

  isDue(startAt: EpochMs): boolean {
    return this.#families.some(({ models }) => models.isDue(startAt))
  }

  /** Takes the models that are due, one after another. Returns their ids. */
  async renew(at: EpochMs): Promise<readonly string[]> {
    const taken: string[] = []
    for (const { models, ahead } of this.#families) {
      if (!models.isDue(at)) continue
      const model = await models.next(at)
      ahead.use(model)
      taken.push(model.modelId)
    }
    return taken
  }

  remember(moments: Moments): void {
    for (const { models, lanes } of this.#families) {
      if (!models.remember) continue
      for (let nth = 0; nth < moments.length; nth += 1) models.remember(someOf(moments.at(nth)!, lanes))
    }
  }

  /** All families at once, each in its own thread. */
  async ask(moments: Moments): Promise<Answers> {
    const said = await Promise.all(this.#families.map(({ ahead }) => ahead.ask(moments)))
    return (nth, at) => {
      const { family, lane } = this.#places[at]!
      return said[family]!(nth, lane)
    }
  }

  release(): Promise<void> {
    return releaseAll(this.#families.map(({ models }) => models))
  }
}

const someOf = (windows: MomentWindows, lanes: readonly number[]): MomentWindows => lanes.map((lane) => windows[lane]!)
