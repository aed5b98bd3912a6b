import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'

const folder = path.join(process.env['TICKWRIGHT_DATA'] ?? '../shared/data', 'frames')

/** A REST reply or a websocket frame of a capture by cryptofeed, its JSON parsed. */
export interface CaptureRecord {
  readonly kind: 'http' | 'recv'
  /** The connection: its address (websocket) or the request's (REST). */
  readonly url: string
  /** Local clock, milliseconds since the epoch. */
  readonly receivedAt: number
  readonly data: unknown
}

/** Path of captured frames; prints why a test is skipped where they are absent. */
export function capturedFrames(...name: readonly string[]): { readonly file: string; readonly absent: boolean } {
  const file = path.join(folder, ...name)
  const absent = !existsSync(file)
  if (absent)
    console.log(`skipped: no captured frames at ${file}; set TICKWRIGHT_DATA to the folder that holds frames/`)
  return { file, absent }
}

interface Line {
  readonly t: string
  readonly conn: string
  readonly ts: number
  readonly url?: string
  readonly addr?: string
  readonly data: string
}

export function captureRecords(file: string): CaptureRecord[] {
  const addresses = new Map<string, string>()
  const records: CaptureRecord[] = []
  for (const text of gunzipSync(readFileSync(file)).toString('utf8').split('\n')) {
    if (text === '') continue
    const { t: kind, conn, ts, url, addr, data } = JSON.parse(text) as Line
    if (kind === 'connect') addresses.set(conn, addr!)
    if (kind !== 'http' && kind !== 'recv') continue
    records.push({ kind, url: url ?? addresses.get(conn)!, receivedAt: ts * 1_000, data: JSON.parse(data) })
  }
  return records
}
