import type { FeatureContext, FeatureDefinition } from './feature-definition.ts'
import { FeatureTrack } from './feature-track.ts'

/** The units that look at two instruments on one timeframe; they step with the first one, on the other's newest bar. */
export class CrossTrack {
  readonly track: FeatureTrack
  readonly #own: FeatureTrack
  readonly #peer: FeatureTrack
  /** Epochs of both runs and end of the own bar at the last step. */
  #seen: [own: number, peer: number, endAt: number] = [0, 0, Number.NaN]

  constructor(
    own: FeatureTrack,
    peer: FeatureTrack,
    definitions: readonly FeatureDefinition[],
    context: FeatureContext,
  ) {
    this.#own = own
    this.#peer = peer
    this.track = new FeatureTrack(definitions, context)
  }

  /** After both instruments have stepped. Nothing happens before the own one's next bar. */
  step(): void {
    const [own, peer, endAt] = this.#seen
    if (own !== this.#own.epoch || peer !== this.#peer.epoch) this.track.reset(Number.NaN)
    const { input } = this.#own
    const isNew = input !== undefined && input.bar.endAt !== endAt
    this.#seen = [this.#own.epoch, this.#peer.epoch, input?.bar.endAt ?? endAt]
    if (!isNew) return
    if (this.#peer.input) this.track.step({ ...input, peer: this.#peer.input })
    else if (this.track.run > 0) this.track.reset(Number.NaN)
  }

  save(): readonly number[] {
    return [...this.#seen, ...this.track.save()]
  }

  restore(state: readonly number[]): void {
    this.track.restore(state.slice(3), undefined)
    this.#seen = [state[0]!, state[1]!, state[2]!]
  }
}
