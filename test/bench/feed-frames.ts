import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Instrument } from '../../src/core/instrument.ts'
import type { EpochMs } from '../../src/core/units.ts'
import { BTCUSDT } from '../market/instruments.ts'
import { syntheticFrames } from './synthetic-frames.ts'

const SYNTHETIC_FRAMES = 40_000

export interface FeedFrame {
  readonly receivedAt: EpochMs
  readonly text: string
  /** For frames that name no symbol (a snapshot by REST). */
  readonly venueSymbol: string
}

export interface FeedFrames {
  readonly frames: readonly FeedFrame[]
  readonly instruments: readonly Instrument[]
}

/** The capture of 2024-08-08 where `TICKWRIGHT_DATA` holds it, else frames of our own making. */
export function captureFrames(): FeedFrames & { readonly source: string } {
  const data = process.env['TICKWRIGHT_DATA'] ?? '../shared/data'
  const source = 'binance-usdm-btcusdt-20240808.gz'
  const file = path.join(data, 'tapes', source)
  const { venueSymbol } = BTCUSDT
  const instruments = [BTCUSDT]
  if (!existsSync(file)) {
    const frames = syntheticFrames(SYNTHETIC_FRAMES).map((frame) => ({ ...frame, venueSymbol }))
    return { frames, instruments, source: 'synthetic' }
  }
  const rows = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n')
  const frames = rows.map((row) => ({
    receivedAt: Number(row.slice(0, 13)) as EpochMs,
    text: row.slice(row.indexOf(' ') + 1),
    venueSymbol,
  }))
  return { frames, instruments, source }
}

/** The first `perInstrument` frames as `count` instruments would send them side by side, each under a symbol of its own. */
export function interleaved(frames: readonly FeedFrame[], count: number, perInstrument: number): FeedFrames {
  const instruments = Array.from({ length: count }, (_, nth) => {
    const base = `C${String(nth).padStart(3, '0')}`
    return { ...BTCUSDT, symbol: `${base}/USDT:USDT`, venueSymbol: `${base}USDT`, base }
  })
  const spread = frames.slice(0, perInstrument).flatMap(({ receivedAt, text }) =>
    instruments.map(({ venueSymbol }) => ({
      receivedAt,
      text: text.replace('btcusdt@', `${venueSymbol.toLowerCase()}@`).replace('"BTCUSDT"', `"${venueSymbol}"`),
      venueSymbol,
    })),
  )
  return { frames: spread, instruments }
}
