import type { Io } from '../io.ts'
import { verifyTapes } from '../tape/verify-tapes.ts'

export interface TapeVerifyOptions {
  /** At least one, in the order of their time. */
  readonly files: readonly string[]
  readonly json: boolean
}

/** Checks tapes. Returns 0 when they are whole, 1 with findings. Throws `InputError` for what is no tape. */
export async function tapeVerifyCommand(options: TapeVerifyOptions, io: Io): Promise<number> {
  const report = await verifyTapes(options.files)
  if (options.json) io.out(JSON.stringify(report))
  else {
    for (const { file, line, rule, value } of report.findings) io.out(`${file}, line ${line}: ${rule}: ${value}`)
    const counts = Object.entries(report.counts).map(([rule, count]) => `${rule} ${count}`)
    const { lines, bookUpdates, trades, quotesCompared, gapsTold, late } = report
    io.out(
      `${lines} lines, ${bookUpdates} book updates, ${trades} trades, ${quotesCompared} quotes compared with the book, ` +
        `${gapsTold} gaps told, ${late} events behind a watermark`,
    )
    io.out(report.whole ? 'whole' : `findings: ${counts.join(', ')}`)
  }
  return report.whole ? 0 : 1
}
