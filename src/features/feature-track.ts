import { check } from '../core/check.ts'
import type { FeatureContext, FeatureDefinition, FeatureInput, FeatureUnit } from './feature-definition.ts'

/** The units of one instrument on one timeframe, stepped together over unbroken runs of bars. */
export class FeatureTrack {
  /** Bars of the run, and one more where its first return has a mid to start from. */
  run = 0
  /** Raised whenever a run ends. */
  epoch = 0
  /** The newest bar of the run. */
  input: FeatureInput | undefined
  /** [units], float64: of the newest bar. */
  readonly values: Float64Array
  readonly #units: readonly FeatureUnit[]

  constructor(definitions: readonly FeatureDefinition[], context: FeatureContext) {
    this.#units = definitions.map((definition) => definition.create(context))
    this.values = new Float64Array(definitions.length).fill(Number.NaN)
  }

  step(input: FeatureInput): void {
    this.run += 1
    this.input = input
    const { values } = this
    const units = this.#units
    for (let at = 0; at < units.length; at += 1) values[at] = units[at]!.step(input)
  }

  /** `mid`: quote currency; `NaN`: none. */
  reset(mid: number): void {
    this.run = Number.isFinite(mid) ? 1 : 0
    this.epoch += 1
    this.input = undefined
    this.values.fill(Number.NaN)
    for (const unit of this.#units) unit.reset(mid)
  }

  /** Run, epoch, values, then per unit its length and its state. */
  save(): readonly number[] {
    const units = this.#units.flatMap((unit) => {
      const state = unit.save()
      return [state.length, ...state]
    })
    return [this.run, this.epoch, ...this.values, ...units]
  }

  /** `input`: the newest bar as it was. Throws when `state` is none of these units'. */
  restore(state: readonly number[], input: FeatureInput | undefined): void {
    const { values } = this
    check(state.length >= 2 + values.length, `state of at least ${2 + values.length} numbers`, state.length)
    this.run = state[0]!
    this.epoch = state[1]!
    this.input = input
    values.set(state.slice(2, 2 + values.length))
    let at = 2 + values.length
    for (const unit of this.#units) {
      const length = state[at] ?? Number.NaN
      check(length >= 0 && at + 1 + length <= state.length, 'length of the state of a unit', length)
      unit.restore(state.slice(at + 1, at + 1 + length))
      at += 1 + length
    }
    check(at === state.length, `state of ${at} numbers`, state.length)
  }
}
