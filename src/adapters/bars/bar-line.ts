import { InputError } from '../../core/errors.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { Bar } from '../../market/bar.ts'
import { CONTROL_PREFIX } from '../tape/tape-control.ts'
import { type BarLogPlace, barStream } from './bar-log-place.ts'

const RECEIVE_TIME = /^\d{19} /

/** The JSON of a line: bars that the features stepped on together, in their order. */
export const barLine = ({ bar, codec }: BarLogPlace, bars: readonly Bar[]): string =>
  JSON.stringify({
    stream: barStream(bar),
    data: { e: 'tickwright', kind: 'bars', bars: bars.map((one) => codec.save(one)) },
  })

/** Those of `symbols` on a line as it stands in a file; none on lines of another kind. Throws when it is no line of a log. */
export function parseBarLine(line: string, codec: BarLogPlace['codec'], symbols: ReadonlySet<InstrumentSymbol>): Bar[] {
  if (!RECEIVE_TIME.test(line)) throw new InputError('it must be a receive time of 19 digits, then a blank and JSON')
  const json = line.slice(line.indexOf(' ') + 1)
  if (json.startsWith(CONTROL_PREFIX)) return [] // The session, or what a slow disk left out: a hole in the times tells that.
  const parsed: unknown = JSON.parse(json)
  const bars = isBars(parsed) ? parsed.data.bars : undefined
  if (!Array.isArray(bars)) throw new InputError('it must be a line of kind bars')
  return bars.filter((saved) => symbols.has(symbolOf(saved))).map((saved) => codec.load(saved))
}

const isBars = (value: unknown): value is { data: { bars: unknown } } =>
  isObject(value) && isObject(value['data']) && value['data']['kind'] === 'bars'

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function symbolOf(saved: unknown): string {
  const symbol = isObject(saved) ? saved['symbol'] : undefined
  if (typeof symbol !== 'string') throw new InputError('symbol of a bar must be a text')
  return symbol
}
