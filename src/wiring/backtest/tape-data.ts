import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { RunData } from '../../report/backtest/about.ts'
import type { TapeTally } from './tape-reading.ts'

/** What a run read of its tapes, with the hash of each file. `symbols`: of the instruments that were run. */
export async function tapeData(tallies: readonly TapeTally[], symbols: readonly string[]): Promise<readonly RunData[]> {
  const data: RunData[] = []
  for (const { tape, lines, from, to } of tallies) {
    const { file, truncatedLines, truncatedMembers } = tape
    const repairs = { truncatedLines, truncatedMembers }
    const done = Object.entries(repairs).filter(([, count]) => count > 0)
    data.push({
      ...{ file, from, to },
      sha256: await sha256Of(file),
      symbol: symbols.join(', '),
      rows: lines,
      repairs: Object.fromEntries(done),
    })
  }
  return data
}

/** Streamed: a tape may be larger than the memory. */
async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}
