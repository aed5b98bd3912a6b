import { InputError } from '../../core/errors.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { DescribedTapes } from '../tape/describe-tapes.ts'

/** The instrument that `symbol` names (ccxt form or the venue's own), or the only one. Throws `InputError` naming what there is. */
export function chooseInstrument({ files, instruments }: DescribedTapes, symbol: string | undefined): Instrument {
  const named = instruments.filter((one) => symbol === undefined || one.symbol === symbol || one.venueSymbol === symbol)
  const [only, another] = named
  if (only && !another) return only
  const held = `${files.join(', ')} hold ${instruments.map((one) => one.symbol).join(', ')}`
  throw new InputError(
    symbol === undefined ? `${held}; name one with --symbol` : `--symbol was ${JSON.stringify(symbol)}; ${held}`,
  )
}
