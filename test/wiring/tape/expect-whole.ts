import { expect } from 'vitest'
import { tapeInfo } from '../../../src/wiring/tape/tape-info.ts'
import { verifyTapes } from '../../../src/wiring/tape/verify-tapes.ts'
import { realTape } from '../../market/real-tapes.ts'

/** The recordings `names`, one chain, have no finding, `expected` among their counts, and a median skew of the clocks of `skewMs`. */
export async function expectWhole(
  names: readonly string[],
  expected: { readonly trades: number; readonly bookUpdates?: number; readonly quotesCompared?: number },
  skewMs: number,
): Promise<void> {
  const tapes = names.map((name) => realTape(name).file)
  expect(await verifyTapes(tapes)).toMatchObject({ whole: true, findings: [], ...expected })
  const { clockSkewMs, counts } = await tapeInfo(tapes)
  expect([Math.round(clockSkewMs ?? Number.NaN), counts['trade']]).toEqual([skewMs, expected.trades])
}
