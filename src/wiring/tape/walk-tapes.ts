import { readTape } from '../../adapters/tape/read-tape.ts'
import type { TapeFrame } from '../../adapters/tape/tape-frame.ts'
import type { MarketEvent } from '../../core/market-event.ts'
import type { FrameOutcome } from '../../market/frame-mapper.ts'
import type { DescribedTapes } from './describe-tapes.ts'
import { tapeMapper } from './tape-mapper.ts'

/** One line of a chain of tapes and what it means. */
export interface TapeStep {
  readonly file: string
  /** Index of the file in the chain. */
  readonly fileIndex: number
  readonly line: TapeFrame
  readonly outcome: FrameOutcome
}

/** How a file ended. */
export interface TapeEnd {
  readonly truncatedLines: number
  readonly truncatedMembers: number
}

/** All lines in the order of the files; `onEnd` after the last of each. Throws as `readTape`. */
export async function* walkTapes(
  tapes: DescribedTapes,
  onEnd: (fileIndex: number, end: TapeEnd) => void = () => undefined,
): AsyncGenerator<TapeStep> {
  const mapper = tapeMapper(tapes.venueId, tapes.converters)
  for (const [fileIndex, file] of tapes.files.entries()) {
    const tape = readTape(file)
    for await (const line of tape) yield { file, fileIndex, line, outcome: mapper.map(line) }
    onEnd(fileIndex, tape)
  }
}

const NONE: readonly MarketEvent[] = []

export function eventsOf(outcome: FrameOutcome): readonly MarketEvent[] {
  if (outcome.kind === 'event') return [outcome.event]
  return outcome.kind === 'events' ? outcome.events : NONE
}
