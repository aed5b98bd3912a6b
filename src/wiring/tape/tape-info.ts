import { stat } from 'node:fs/promises'
import type { SessionRecord } from '../../adapters/tape/tape-control.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { MarketEvent } from '../../core/market-event.ts'
import { type DescribedTapes, describeTapes } from './describe-tapes.ts'
import { medianSketch } from './median-sketch.ts'
import { eventsOf, type TapeStep, walkTapes } from './walk-tapes.ts'

/** Of one file of the chain. */
interface FileInfo {
  readonly file: string
  readonly bytes: number
  lines: number
  truncatedLines: number
  truncatedMembers: number
  readonly session: Omit<SessionRecord, 'kind' | 'instruments'> | null
}

/** ISO times; milliseconds elsewhere. */
export interface TapeInfo {
  readonly files: readonly FileInfo[]
  readonly bytes: number
  readonly venueId: string | null
  readonly instruments: readonly Instrument[]
  /** Tick and lot sizes inferred from the frames. */
  readonly inferred: boolean
  /** Local clock of the recorder; null for an empty tape. */
  readonly receivedFrom: string | null
  readonly receivedTo: string | null
  readonly seconds: number
  /** Exchange clock of books, trades, quotes, marks and liquidations. */
  readonly exchangeFrom: string | null
  readonly exchangeTo: string | null
  readonly lines: number
  readonly counts: Readonly<Record<string, number>>
  /** Told by control lines, by reason. */
  readonly gaps: Readonly<Record<string, number>>
  /** Longest time between two lines. */
  readonly longestSilenceMs: number
  readonly longestSilenceAt: string | null
  /** Median of receive − exchange time: the way here plus the difference of the clocks. Null when no frame tells. */
  readonly clockSkewMs: number | null
}

/** Reads whole tapes and sums them up. Throws `InputError` as `describeTapes`. */
export async function tapeInfo(files: readonly string[]): Promise<TapeInfo> {
  const tapes = await describeTapes(files)
  const infos = await Promise.all(files.map((file, nth) => fileInfo(file, tapes, nth)))
  const sums = new Sums(tapes.venueId)
  const end = (
    nth: number,
    { truncatedLines, truncatedMembers }: Pick<FileInfo, 'truncatedLines' | 'truncatedMembers'>,
  ) => void Object.assign(infos[nth]!, { truncatedLines, truncatedMembers })
  for await (const step of walkTapes(tapes, end)) {
    infos[step.fileIndex]!.lines += 1
    sums.add(step)
  }
  return {
    files: infos,
    bytes: infos.reduce((total, { bytes }) => total + bytes, 0),
    venueId: tapes.venueId ?? null,
    instruments: tapes.instruments,
    inferred: tapes.inferred,
    lines: infos.reduce((total, { lines }) => total + lines, 0),
    ...sums.figures(),
  }
}

async function fileInfo(file: string, tapes: DescribedTapes, nth: number): Promise<FileInfo> {
  const { size } = await stat(file)
  const said = tapes.sessions[nth]
  const { kind: _kind, instruments: _instruments, ...session } = said ?? { kind: '', instruments: [] }
  const told = said ? (session as FileInfo['session']) : null
  return { file, bytes: size, lines: 0, truncatedLines: 0, truncatedMembers: 0, session: told }
}

/** What happened at the venue carries its clock; a whole book by REST, a best quote of Binance spot and what we make do not. */
const hasVenueTime = (event: MarketEvent, venueId: string | undefined): boolean =>
  event.kind === 'trade' ||
  (event.kind === 'quote' && venueId !== 'binance') ||
  event.kind === 'mark' ||
  event.kind === 'liquidation' ||
  (event.kind === 'book' && (event.type === 'delta' || event.inStream === true))

class Sums {
  readonly #venueId: string | undefined
  readonly #counts = new Map<string, number>()
  readonly #gaps = new Map<string, number>()
  readonly #skew = medianSketch()
  #received = { from: Number.NaN, to: Number.NaN, last: Number.NaN }
  #exchange = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY }
  #silence = { ms: 0, at: Number.NaN }

  constructor(venueId: string | undefined) {
    this.#venueId = venueId
  }

  add({ line, outcome }: TapeStep): void {
    this.#arrive(line.receivedAt)
    const { control } = line
    if (control && control.kind !== 'event') this.#count(control.kind)
    else if (outcome.kind === 'ignored' || outcome.kind === 'malformed') this.#count(outcome.kind)
    if (outcome.kind === 'excluded') this.#count('excludedTrades')
    if (outcome.kind === 'events' && outcome.excluded > 0) this.#count('excludedTrades', outcome.excluded)
    if (control?.kind === 'overflow') {
      bump(this.#gaps, 'overflow')
      return
    }
    for (const event of eventsOf(outcome)) this.#event(event, line.receivedAt)
  }

  figures() {
    const { from, to } = this.#received
    const skew = this.#skew.median()
    return {
      receivedFrom: isoOf(from),
      receivedTo: isoOf(to),
      seconds: Number.isNaN(from) ? 0 : (to - from) / 1_000,
      exchangeFrom: isoOf(this.#exchange.from),
      exchangeTo: isoOf(this.#exchange.to),
      counts: Object.fromEntries(this.#counts),
      gaps: Object.fromEntries(this.#gaps),
      longestSilenceMs: this.#silence.ms,
      longestSilenceAt: isoOf(this.#silence.at),
      clockSkewMs: Number.isNaN(skew) ? null : skew,
    }
  }

  #arrive(at: number): void {
    const received = this.#received
    if (at - received.last > this.#silence.ms) this.#silence = { ms: at - received.last, at: received.last }
    received.last = at
    received.from = Math.min(at, Number.isNaN(received.from) ? at : received.from)
    received.to = Math.max(at, Number.isNaN(received.to) ? at : received.to)
  }

  #event(event: MarketEvent, receivedAt: number): void {
    this.#count(event.kind === 'book' ? `book-${event.type}` : event.kind)
    if (event.kind === 'gap') bump(this.#gaps, event.reason)
    if (!hasVenueTime(event, this.#venueId)) return
    this.#exchange.from = Math.min(this.#exchange.from, event.exchangeTime)
    this.#exchange.to = Math.max(this.#exchange.to, event.exchangeTime)
    this.#skew.add(receivedAt - event.exchangeTime)
  }

  #count(kind: string, by = 1): void {
    bump(this.#counts, kind, by)
  }
}

/** Kinds and reasons come from short lists of ours. */
const bump = (counts: Map<string, number>, key: string, by = 1): void =>
  void counts.set(key, (counts.get(key) ?? 0) + by)

const isoOf = (ms: number): string | null => (Number.isFinite(ms) ? new Date(ms).toISOString() : null)
