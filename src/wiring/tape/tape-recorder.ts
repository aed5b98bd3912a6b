import type { FeedRecorder } from '../../adapters/ccxt/market-feed.ts'
import { combinedFrame } from '../../adapters/tape/combined-frame.ts'
import type { TapeWriter } from '../../adapters/tape/tape-writer.ts'

/**
 * Writes what a feed hears, in its order: frames as they came (Binance's in the form of a combined stream, for other readers of such
 * tapes), events of the feed's own making as control lines.
 */
export function tapeRecorder(writer: TapeWriter, venueId: string): FeedRecorder {
  const isBinance = venueId.startsWith('binance')
  return {
    frame: (text, receivedAt) => void writer.frame(isBinance ? combinedFrame(text) : text, receivedAt),
    event(event) {
      switch (event.kind) {
        case 'watermark':
        case 'gap':
        case 'connection':
        case 'external':
          writer.control({ kind: 'event', event }, event.receivedAt)
          break
        default: // The frames tell it.
      }
    },
  }
}
