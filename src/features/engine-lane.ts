import { z } from 'zod'
import { check } from '../core/check.ts'
import type { Converter, InstrumentSymbol } from '../core/instrument.ts'
import type { Bar } from '../market/bar.ts'
import { candleTimeframes } from '../market/candles/candle-timeframes.ts'
import { loadNumbers, savedNumber, saveNumber, saveNumbers } from '../market/saved-numbers.ts'
import { type Timeframes, timeframes } from '../market/timeframes.ts'
import type { FeatureDefinition } from './feature-definition.ts'
import type { MissingSettings } from './feature-settings.ts'
import { FeatureTrack } from './feature-track.ts'
import { type Admitted, type MissingData, missingData } from './missing-data.ts'
import { loadBar, saveBar, savedBar } from './saved-bar.ts'

/** One timeframe of one instrument. */
interface LaneFrame {
  readonly ms: number
  readonly track: FeatureTrack
  readonly missing: MissingData
}

export interface LaneSettings {
  readonly converter: Converter
  /** Bars close by time; others have no holes that could be counted, and no higher timeframes. */
  readonly isTimed: boolean
  /** Nothing but prices and volume is read. */
  readonly isOfCandles: boolean
  readonly missing: MissingSettings
  /** What to compute of this instrument, per timeframe, milliseconds; that of the bars themselves first. */
  readonly definitions: ReadonlyMap<number, readonly FeatureDefinition[]>
}

const savedFrame = z.strictObject({
  /** End of the newest bar, bars missed. */
  missing: z.tuple([savedNumber, savedNumber]),
  last: savedBar.optional(),
  /** The newest bar of the run and whether it is made up. */
  newest: z.strictObject({ bar: savedBar, imputed: z.boolean() }).optional(),
  track: z.array(savedNumber),
})

export const savedLane = z.strictObject({
  tickSize: z.string(),
  lotSize: z.string(),
  frames: z.array(savedFrame),
  higher: z.unknown(),
})

/** The tracks of one instrument, fed with its closed bars. */
export class EngineLane {
  readonly symbol: InstrumentSymbol
  readonly #frames: readonly LaneFrame[]
  readonly #converter: Converter
  readonly #isOfCandles: boolean
  /** From bars to those of the higher timeframes. */
  #higher: Timeframes | undefined

  constructor({ converter, isTimed, isOfCandles, missing, definitions }: LaneSettings) {
    this.symbol = converter.instrument.symbol
    this.#converter = converter
    this.#isOfCandles = isOfCandles
    const { tickSize } = converter
    this.#frames = [...definitions].map(([ms, wanted]) => ({
      ms,
      track: new FeatureTrack(wanted, { tickSize, barMs: isTimed ? ms : Number.NaN }),
      missing: missingData(missing, isTimed ? ms : Number.NaN),
    }))
    this.#higher = this.#newHigher()
  }

  track(ms: number): FeatureTrack {
    return this.#frame(ms).track
  }

  /** Bars to step on, in order; the last of them stands for `bar`. */
  admit(bar: Bar): readonly Admitted[] {
    const { missing } = this.#frames[0]!
    if (bar.startAt < missing.save().endAt) this.#forget()
    return missing.admit(bar)
  }

  /** Steps the base and what it completes: a higher bar counts from the close of its last base bar on, never before. */
  step(admitted: Admitted): void {
    this.#stepTrack(this.#frames[0]!.track, admitted)
    if (!admitted.bar || !this.#higher) return
    for (const closed of this.#higher.step(admitted.bar)) {
      const { track, missing } = this.#frame(closed.endAt - closed.startAt)
      for (const each of missing.admit(closed)) this.#stepTrack(track, each)
    }
  }

  save(): z.infer<typeof savedLane> {
    const { tickSize, lotSize } = this.#converter.instrument
    return {
      tickSize,
      lotSize,
      frames: this.#frames.map(({ track, missing }) => {
        const { endAt, missed, last } = missing.save()
        return {
          missing: [saveNumber(endAt), saveNumber(missed)],
          ...(last && { last: saveBar(last) }),
          ...(track.input && { newest: { bar: saveBar(track.input.bar), imputed: track.input.imputed } }),
          track: saveNumbers(track.save()),
        }
      }),
      higher: this.#higher?.save() ?? null,
    }
  }

  restore({ frames, higher }: z.infer<typeof savedLane>): void {
    check(frames.length === this.#frames.length, `${this.#frames.length} timeframes`, frames.length)
    for (const [at, { track, missing }] of this.#frames.entries()) {
      const { missing: said, last, newest, track: numbers } = frames[at]!
      missing.restore({ endAt: Number(said[0]), missed: Number(said[1]), last: last && loadBar(last) })
      const bar = newest && loadBar(newest.bar)
      track.restore(
        loadNumbers(numbers),
        bar && newest ? { bar, mid: this.#mid(bar), imputed: newest.imputed } : undefined,
      )
    }
    this.#higher?.restore(higher)
  }

  #newHigher(): Timeframes | undefined {
    const [baseMs, ...framesMs] = this.#frames.map(({ ms }) => ms)
    if (framesMs.length === 0) return undefined
    return this.#isOfCandles
      ? candleTimeframes(baseMs!, framesMs)
      : timeframes({ converter: this.#converter, baseMs: baseMs!, framesMs })
  }

  /** The exchange's time ran backwards: the state is of another world, and nothing of it may meet what comes now. */
  #forget(): void {
    for (const { track, missing } of this.#frames) {
      track.reset(Number.NaN)
      missing.restore({ endAt: Number.NaN, missed: 0, last: undefined })
    }
    this.#higher = this.#newHigher()
  }

  #frame(ms: number): LaneFrame {
    const frame = this.#frames.find((each) => each.ms === ms)
    check(frame !== undefined, 'timeframe of a lane', ms)
    return frame!
  }

  #stepTrack(track: FeatureTrack, admitted: Admitted): void {
    const mid = admitted.bar ? this.#mid(admitted.bar) : Number.NaN
    if (admitted.kind === 'reset') track.reset(mid)
    else track.step({ bar: admitted.bar, mid, imputed: admitted.imputed })
  }

  #mid({ bidTicks, askTicks }: Bar): number {
    return (this.#converter.tickSize * (bidTicks + askTicks)) / 2
  }
}
