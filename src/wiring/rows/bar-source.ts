import { createHash } from 'node:crypto'
import type { Converter } from '../../core/instrument.ts'
import type { Bar } from '../../market/bar.ts'

/** Where closed bars come from. */
export interface BarSource {
  /** SHA-256, hexadecimal, of all that decides which bars come: file contents and settings. */
  readonly identity: string
  /** Bars that closed together, in the order of time; each call begins anew. Throws `InputError` for files that cannot be read. */
  groups(): AsyncIterable<readonly Bar[]>
}

/** SHA-256 of anything that JSON can hold, hexadecimal. */
export const identityOf = (...parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex')

/** What of the instruments bars and features depend on. */
export const stepsOf = (converters: readonly Converter[]): readonly unknown[] =>
  converters.map(({ instrument: { symbol, tickSize, lotSize, contractSize, inverse } }) => [
    ...[symbol, Number(tickSize), Number(lotSize), Number(contractSize), inverse],
  ])
