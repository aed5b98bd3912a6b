import type { Random } from '../../core/random.ts'
import { shuffledRows } from './batches.ts'

/** Rows `from` to before `to` that follow each other without a gap. */
export interface Piece {
  readonly from: number
  readonly to: number
}

/** Truncated backpropagation through time, after Williams and Peng 1990: one update every `k1` steps, through the last `k2` ≥ `k1`. */
export interface TruncatedBptt {
  readonly k1: number
  readonly k2: number
}

/** What one stream sees in one run: rows `from` to before `to`, at most `k2`. */
export interface StreamWindow extends Piece {
  /** First row whose loss counts: those before it have counted in the run before. */
  readonly countsFrom: number
  /** The window begins a piece: its state is 0, not that of the run before. */
  readonly resets: boolean
}

/**
 * The runs of one epoch, each with one window for every stream; undefined: the stream is done. The pieces, cut so that every stream
 * has about as much to do, are taken up in random order, each by the first stream that is free. Every row counts once.
 */
export function planStreams(
  pieces: readonly Piece[],
  streams: number,
  { k1, k2 }: TruncatedBptt,
  random: Random,
): readonly (readonly (StreamWindow | undefined)[])[] {
  const waiting = cutPieces(pieces, streams, k2)
  const order = [...shuffledRows(waiting.length, random)]
  const running: (StreamWindow | undefined)[] = Array.from({ length: streams }, () => undefined)
  const ends = new Int32Array(streams)
  const take = (stream: number): StreamWindow | undefined => {
    const piece = waiting[order.shift() ?? -1]
    if (piece === undefined) return undefined
    ends[stream] = piece.to
    return { from: piece.from, to: Math.min(piece.to, piece.from + k2), countsFrom: piece.from, resets: true }
  }
  const runs: (readonly (StreamWindow | undefined)[])[] = []
  for (;;) {
    for (const [stream, window] of running.entries()) {
      const end = ends[stream]!
      running[stream] = window && window.to < end ? following(window, end, k1, k2) : take(stream)
    }
    if (running.every((window) => window === undefined)) return runs
    runs.push([...running])
  }
}

const following = ({ from, to }: StreamWindow, end: number, k1: number, k2: number): StreamWindow => ({
  from: from + k1,
  to: Math.min(end, from + k1 + k2),
  countsFrom: to,
  resets: false,
})

/** No longer than a stream's share of all rows, nor shorter than `k2` for that. */
function cutPieces(pieces: readonly Piece[], streams: number, k2: number): readonly Piece[] {
  const rows = pieces.reduce((sum, { from, to }) => sum + to - from, 0)
  const lengthMax = Math.max(k2, Math.ceil(rows / streams))
  return pieces.flatMap(({ from, to }) =>
    Array.from({ length: Math.ceil((to - from) / lengthMax) }, (_, i) => ({
      from: from + i * lengthMax,
      to: Math.min(to, from + (i + 1) * lengthMax),
    })),
  )
}
