import { z } from 'zod'
import type { TapeFrame } from '../../adapters/tape/tape-frame.ts'
import { InputError } from '../../core/errors.ts'
import type { MarketEvent } from '../../core/market-event.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'
import type { DescribedTapes } from '../tape/describe-tapes.ts'
import { eventsOf, walkTapes } from '../tape/walk-tapes.ts'

/** What a run's tapes say of their time. */
export interface TapeClocks {
  /** Arrival of the first and the last line, local clock. */
  readonly fromAt: EpochMs
  readonly toAt: EpochMs
  /** Names the ledger inside the client order ids of the run; undefined when it decided nothing. */
  readonly ledgerTag: string | undefined
  /** Exchange clock − local clock as the run knew it at its last decision before, or at its first, milliseconds; undefined without any. */
  offsetMsAt(at: EpochMs): number | undefined
  /** Median of arrival − exchange time over the last second in which books and trades came, clock offset not taken out. */
  rawFeedMsAt(at: EpochMs): number
}

const SECOND_MS = 1_000

/** Ascending in `at`; one per decision, or per second: bounded by the length of the tape. */
interface Reading {
  readonly at: number
  readonly ms: number
}

const inputs = z.looseObject({ exchangeNow: z.number(), ledgerTag: z.string() })

/** Reads the tapes once. Throws `InputError` as `readTape`, and for tapes of several ledgers. */
export async function tapeClocks(tapes: DescribedTapes): Promise<TapeClocks> {
  const offsets: Reading[] = []
  const feed = new FeedMedians()
  let span: { readonly fromAt: EpochMs; readonly toAt: EpochMs } | undefined
  let ledgerTag: string | undefined
  for await (const { file, line, outcome } of walkTapes(tapes)) {
    const { receivedAt } = line
    span = { fromAt: span?.fromAt ?? receivedAt, toAt: receivedAt }
    if (line.control?.kind === 'decision-inputs') {
      const said = inputsOf(line, file)
      if (ledgerTag !== undefined && ledgerTag !== said.ledgerTag) {
        throw new InputError(
          `${file}, line ${line.line}: the tapes are of the ledgers ${ledgerTag} and ${said.ledgerTag}`,
        )
      }
      ledgerTag = said.ledgerTag
      offsets.push({ at: receivedAt, ms: said.exchangeNow - receivedAt })
    }
    for (const event of eventsOf(outcome)) feed.add(event)
  }
  const medians = feed.readings()
  return {
    fromAt: span?.fromAt ?? epochMs(0),
    toAt: span?.toAt ?? epochMs(0),
    ledgerTag,
    offsetMsAt: (at) => (lastUpTo(offsets, at) ?? offsets[0])?.ms,
    rawFeedMsAt: (at) => (lastUpTo(medians, at) ?? medians[0])?.ms ?? 0,
  }
}

function inputsOf({ control, line }: TapeFrame, file: string): z.infer<typeof inputs> {
  const { data, error } = inputs.safeParse(control?.kind === 'decision-inputs' ? control.payload : undefined)
  if (data) return data
  const key = ['decision-inputs', ...(error.issues[0]?.path ?? [])].join('.')
  throw new InputError(
    `${file}, line ${line}: ${key}: ${error.issues[0]?.message}; the tape was recorded by another version of the program`,
    { file, line },
  )
}

/** Medians of whole seconds, so that one late frame says nothing. */
class FeedMedians {
  readonly #readings: Reading[] = []
  /** Of the second under way. */
  #delays: number[] = []
  #second = Number.NaN

  add(event: MarketEvent): void {
    // A whole book is asked for by REST, and comes when it comes.
    if (event.kind !== 'trade' && !(event.kind === 'book' && event.type === 'delta')) return
    const second = Math.floor(event.receivedAt / SECOND_MS)
    if (second !== this.#second) this.#close()
    this.#second = second
    this.#delays.push(event.receivedAt - event.exchangeTime)
  }

  readings(): readonly Reading[] {
    this.#close()
    return this.#readings
  }

  #close(): void {
    if (this.#delays.length === 0) return
    const sorted = this.#delays.sort((a, b) => a - b)
    this.#readings.push({ at: (this.#second + 1) * SECOND_MS, ms: sorted[Math.floor(sorted.length / 2)]! })
    this.#delays = []
  }
}

function lastUpTo(readings: readonly Reading[], at: number): Reading | undefined {
  let from = 0
  for (let end = readings.length; from < end; ) {
    const middle = (from + end) >>> 1
    if (readings[middle]!.at <= at) from = middle + 1
    else end = middle
  }
  return readings[from - 1]
}
