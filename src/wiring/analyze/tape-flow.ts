import { readTape } from '../../adapters/tape/read-tape.ts'
import { InputError } from '../../core/errors.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { GapEvent, MarketEvent } from '../../core/market-event.ts'
import type { EpochMs } from '../../core/units.ts'
import type { FrameOutcome } from '../../market/frame-mapper.ts'
import { type FlowBin, type FlowBinSettings, FlowBins } from '../../report/ofi/flow-bins.ts'
import type { DescribedTapes } from '../tape/describe-tapes.ts'
import { type TapeMapper, tapeMapper } from '../tape/tape-mapper.ts'
import { eventsOf } from '../tape/walk-tapes.ts'

export interface TapeFlow {
  readonly bins: readonly FlowBin[]
  readonly frames: number
  /** Frames of the instrument that could not be read; each is a gap. */
  readonly malformedFrames: number
  readonly gaps: number
}

/** Files that follow each other are one chain; a longer pause between two is a gap. */
const SEAM_MS_MAX = 60_000

/** Bins of one instrument over tapes in the order of their time. Throws `InputError` for files out of order, and as `readTape`. */
export async function tapeFlow(
  tapes: DescribedTapes,
  { symbol }: Instrument,
  settings: FlowBinSettings,
): Promise<TapeFlow> {
  const walk = new FlowWalk(symbol, settings, tapeMapper(tapes.venueId, tapes.converters))
  let lastAt: EpochMs | undefined
  let frames = 0
  for (const file of tapes.files) {
    let isFirst = true
    for await (const line of readTape(file)) {
      frames += 1
      if (isFirst && lastAt !== undefined) walk.seam(file, lastAt, line.receivedAt)
      isFirst = false
      lastAt = line.receivedAt
      walk.step(walk.mapper.map(line), line.receivedAt)
    }
  }
  const { malformedFrames, gaps } = walk
  return { bins: walk.bins.closed(), frames, malformedFrames, gaps }
}

/** One instrument's way through the tape. */
class FlowWalk {
  readonly bins: FlowBins
  readonly mapper: TapeMapper
  malformedFrames = 0
  gaps = 0
  readonly #symbol: string

  constructor(symbol: string, settings: FlowBinSettings, mapper: TapeMapper) {
    this.#symbol = symbol
    this.mapper = mapper
    this.bins = new FlowBins(settings, (event) => {
      this.gaps += 1
      // As if the recorder had noted it: a mapper that makes differences begins anew.
      mapper.map({ receivedAt: event.receivedAt, frame: undefined, line: 0, control: { kind: 'event', event } })
    })
  }

  step(outcome: FrameOutcome, receivedAt: EpochMs): void {
    if (outcome.kind !== 'malformed') {
      for (const event of eventsOf(outcome)) this.#pass(event)
      return
    }
    // A frame that names no instrument may have been ours.
    if (outcome.symbol !== undefined && outcome.symbol !== this.#symbol) return
    this.malformedFrames += 1
    this.#pass(this.#gap(receivedAt, 'malformed', `${outcome.field} was ${outcome.value}; it must be ${outcome.rule}`))
  }

  seam(file: string, lastAt: EpochMs, at: EpochMs): void {
    if (at < lastAt) {
      const rule = 'it begins before the file ahead of it ends; name tapes in the order of their time'
      throw new InputError(`${file}: ${rule}`, { file })
    }
    if (at - lastAt > SEAM_MS_MAX) this.#pass(this.#gap(lastAt, 'disconnect', `${at - lastAt} ms between two files`))
  }

  #pass(event: MarketEvent): void {
    if (event.symbol === this.#symbol) this.bins.step(event)
  }

  #gap = (at: EpochMs, reason: GapEvent['reason'], detail: string): GapEvent => ({
    kind: 'gap',
    symbol: this.#symbol,
    exchangeTime: at,
    receivedAt: at,
    reason,
    detail,
  })
}
