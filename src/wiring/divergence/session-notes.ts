import type { Divergence } from './divergence-of.ts'

const SOURCES = {
  measured: 'measured both ways',
  entry: 'measured one way',
  halved: 'half of the round trip',
  interpolated: 'from the orders around',
  given: 'given',
} as const

/** What was compared with what, one sentence each. */
export function sessionNotes({ session, latency, setAside, feesReckoned }: Divergence): readonly string[] {
  const { mode, venueId, files, fromAt, toAt } = session
  const sources = Object.entries(SOURCES).flatMap(([source, text]) => {
    const count = latency.sources[source as keyof typeof SOURCES]
    return count === undefined ? [] : [`${count} ${text}`]
  })
  const { late, unresolved, withoutBook } = setAside
  const aside = late + unresolved + withoutBook
  return [
    `${mode} session on ${venueId}, ${new Date(fromAt).toISOString()} to ${new Date(toAt).toISOString()}, ${files.length} tape${files.length === 1 ? '' : 's'}`,
    `Latency of orders (median, 99 %): feed ${pair(latency.feedMs)}, entry ${pair(latency.entryMs)}, response ${pair(latency.responseMs)} ms; ${sources.join(', ')}`,
    ...(aside === 0
      ? []
      : [
          `Set aside: ${late} arrived after the tape's end, ${unresolved} of unknown end, ${withoutBook} without a book`,
        ]),
    ...(feesReckoned === 0
      ? []
      : [`${feesReckoned} fills paid their fee in another currency; it is reckoned by the instrument's rate`]),
  ]
}

const pair = ({ median, p99 }: Divergence['latency']['feedMs']): string => `${ms(median)}/${ms(p99)}`

const ms = (value: number | null): string => (value === null ? '–' : value.toFixed(1))
