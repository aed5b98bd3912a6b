import type { Converter, InstrumentSymbol } from '../core/instrument.ts'
import type { Bar } from '../market/bar.ts'
import { CrossTrack } from './cross-track.ts'
import type { EngineLane } from './engine-lane.ts'
import type { FeatureRow, FeatureWindow } from './feature-row.ts'
import type { FeatureTrack } from './feature-track.ts'
import { type ColumnGroup, definitionKey, trackDefinitions } from './row-plan.ts'
import { FeatureWindows } from './window.ts'

interface RowSource {
  readonly track: FeatureTrack
  readonly cross: CrossTrack | undefined
  /** Whose newest bar must have closed with the own one; none: the own one. */
  readonly peer: FeatureTrack | undefined
  readonly own: FeatureTrack
  readonly lagMsMax: number
  readonly runMin: number
  /** Columns of the row, and for each its place among the values of the track. */
  readonly columns: readonly number[]
  readonly units: readonly number[]
}

export interface EngineRowsSettings {
  readonly converter: Converter
  readonly groups: readonly ColumnGroup[]
  readonly features: number
  readonly steps: number
  readonly schemaHash: string
  /** Milliseconds; bars that do not close by time have no base. */
  readonly barMs: number
  readonly isTimed: boolean
  /** Bars that a peer may be behind. */
  readonly lagBarsMax: number
  lane(symbol: InstrumentSymbol): EngineLane
}

/** Puts the rows of one instrument together out of its own tracks and those of its peers. */
export class EngineRows {
  readonly #sources: readonly RowSource[]
  readonly #ownSources: readonly RowSource[]
  readonly #cross: readonly CrossTrack[]
  readonly #windows: FeatureWindows
  readonly #schemaHash: string

  constructor(settings: EngineRowsSettings) {
    const { converter, groups, features, steps, schemaHash } = settings
    const { symbol } = converter.instrument
    this.#schemaHash = schemaHash
    this.#windows = new FeatureWindows(steps, features)
    this.#sources = groups.map((group) => sourceOf(group, symbol, settings))
    this.#ownSources = this.#sources.filter(({ peer }) => peer === undefined)
    this.#cross = this.#sources.flatMap(({ cross }) => (cross ? [cross] : []))
  }

  /** For a bar that did not come: own values as made up, those of the peers as they were. */
  pushHole(): void {
    const windows = this.#windows
    const newest = windows.newest()
    const values = windows.open()
    values.set(newest)
    const wasUsable = windows.isUsable
    const isUsable = fill(values, this.#ownSources)
    if (!isUsable) values.fill(0)
    windows.push(wasUsable && isUsable)
  }

  /** After every instrument that closed with this one has stepped. */
  close(bar: Bar): FeatureWindow {
    for (const cross of this.#cross) cross.step()
    const values = this.#windows.open()
    const ready = fill(values, this.#sources)
    const row: FeatureRow = { bar, values, schemaHash: this.#schemaHash, ready }
    this.#windows.push(ready)
    return this.#windows.ending(row)
  }

  /** Window, then each cross track. */
  save(): readonly (readonly number[])[] {
    return [this.#windows.save(), ...this.#cross.map((cross) => cross.save())]
  }

  restore([window, ...cross]: readonly (readonly number[])[]): void {
    this.#windows.restore(window ?? [])
    for (const [at, track] of this.#cross.entries()) track.restore(cross[at] ?? [])
  }
}

/** Writes the columns of `sources`. False, and nothing written, while a look-back fills; false where a value is not finite. */
function fill(values: Float32Array, sources: readonly RowSource[]): boolean {
  for (const source of sources) if (!isFilled(source)) return false
  let isUsable = true
  for (const { track, columns, units } of sources) {
    for (let at = 0; at < columns.length; at += 1) {
      const value = Math.fround(track.values[units[at]!]!)
      values[columns[at]!] = value
      isUsable &&= Number.isFinite(value)
    }
  }
  return isUsable
}

function isFilled({ track, runMin, own, peer, lagMsMax }: RowSource): boolean {
  if (track.run < runMin) return false
  if (!peer || peer === own) return true
  if (!own.input || !peer.input) return false
  const lagMs = own.input.bar.endAt - peer.input.bar.endAt
  return lagMsMax === Number.POSITIVE_INFINITY || (lagMs >= 0 && lagMs <= lagMsMax)
}

function sourceOf(group: ColumnGroup, symbol: InstrumentSymbol, settings: EngineRowsSettings): RowSource {
  const { timeframeMs, peer: peerSymbol = symbol, isCross, definitions, columns, runMin } = group
  const { converter, lane, isTimed, lagBarsMax, groups, barMs } = settings
  const own = lane(symbol).track(timeframeMs)
  const peer = lane(peerSymbol).track(timeframeMs)
  const context = { tickSize: converter.tickSize, barMs: isTimed ? timeframeMs : Number.NaN }
  const cross = isCross ? new CrossTrack(own, peer, definitions, context) : undefined
  const units = (cross ? definitions : (trackDefinitions(groups, peerSymbol, barMs).get(timeframeMs) ?? [])).map(
    definitionKey,
  )
  return {
    track: cross?.track ?? peer,
    cross,
    own,
    peer: group.peer === undefined ? undefined : peer,
    lagMsMax: isTimed ? lagBarsMax * timeframeMs : Number.POSITIVE_INFINITY,
    runMin,
    columns,
    units: definitions.map((definition) => units.indexOf(definitionKey(definition))),
  }
}
