import type { Io } from '../io.ts'
import { type TapeInfo, tapeInfo } from '../tape/tape-info.ts'

export interface TapeInfoOptions {
  /** At least one, in the order of their time. */
  readonly files: readonly string[]
  readonly json: boolean
}

/** Sums up what tapes hold. Throws `InputError` for what is no tape. */
export async function tapeInfoCommand(options: TapeInfoOptions, io: Io): Promise<number> {
  const info = await tapeInfo(options.files)
  io.out(options.json ? JSON.stringify(info) : text(info).join('\n'))
  return 0
}

function text(info: TapeInfo): readonly string[] {
  return [
    ...info.files.map(({ file, bytes, lines, session, truncatedLines, truncatedMembers }) => {
      const who = session ? `${session.program}, ${session.mode}, file ${session.fileNumber} of its session` : 'foreign'
      const cut = truncatedLines + truncatedMembers > 0 ? ', its end is cut off' : ''
      return `${file}: ${lines} lines, ${bytes} bytes, ${who}${cut}`
    }),
    `venue ${info.venueId ?? 'unknown'}${info.inferred ? ' (tick and lot sizes are inferred from the frames)' : ''}`,
    ...info.instruments.map(
      ({ symbol, venueSymbol, tickSize, lotSize, contractSize, inverse }) =>
        `  ${symbol} (${venueSymbol}): tick ${tickSize}, lot ${lotSize}, contract ${contractSize}${inverse ? ', inverse' : ''}`,
    ),
    `received ${info.receivedFrom ?? '-'} to ${info.receivedTo ?? '-'} (${info.seconds.toFixed(1)} s)`,
    `exchange ${info.exchangeFrom ?? '-'} to ${info.exchangeTo ?? '-'}`,
    `lines ${pairs(info.counts)}`,
    `gaps told ${pairs(info.gaps)}`,
    `longest silence ${info.longestSilenceMs.toFixed(0)} ms${info.longestSilenceAt ? ` after ${info.longestSilenceAt}` : ''}`,
    `receive − exchange time, median ${info.clockSkewMs?.toFixed(1) ?? '-'} ms`,
  ]
}

const pairs = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ') || 'none'
