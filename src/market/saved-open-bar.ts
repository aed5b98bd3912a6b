import { z } from 'zod'
import { BOOK_LEVELS } from './bar.ts'
import { loadMark, savedMark, saveMark } from './mark-state.ts'
import { type OpenBar, openBar } from './open-bar.ts'
import { loadNumbers, savedNumber, savedNumbers, saveNumber, saveNumbers } from './saved-numbers.ts'
import { SIGNATURE_LENGTH } from './signature.ts'
import type { SignaturePath } from './signature-path.ts'

/** The plain numbers of a bar under way. */
const SUMS = [
  'open',
  'high',
  'low',
  'close',
  'buyCount',
  'sellCount',
  'buyLots',
  'sellLots',
  'tickLots',
  'liquidationBuyLots',
  'liquidationSellLots',
  'weighedMs',
  'spreadTicksMs',
  'bidLevelsLotsMs',
  'askLevelsLotsMs',
  'bookUpdateCount',
  'taintBits',
] as const satisfies readonly (keyof OpenBar)[]

export const savedOpenBar = z.strictObject({
  /** In the order of `SUMS`. */
  sums: savedNumbers(SUMS.length),
  flowLots: savedNumbers(BOOK_LEVELS),
  depthLotsMs: savedNumbers(2 * BOOK_LEVELS),
  closing: savedNumbers(4 * BOOK_LEVELS).nullable(),
  mark: savedMark,
  path: z.strictObject({ at: savedNumber, terms: savedNumbers(SIGNATURE_LENGTH) }).nullable(),
})

export type SavedOpenBar = z.infer<typeof savedOpenBar>

export const saveOpenBar = (bar: OpenBar): SavedOpenBar => ({
  sums: SUMS.map((name) => saveNumber(bar[name])),
  flowLots: saveNumbers(bar.flowLots),
  depthLotsMs: saveNumbers(bar.depthLotsMs),
  closing: bar.closing ? saveNumbers(bar.closing) : null,
  mark: saveMark(bar.mark),
  path: bar.path ? { at: saveNumber(bar.path.at), terms: saveNumbers(bar.path.signature.terms) } : null,
})

/** `path`: a fresh one where the bars carry signatures. */
export function loadOpenBar(saved: SavedOpenBar, path: SignaturePath | undefined): OpenBar {
  const bar = openBar(path)
  for (const [at, name] of SUMS.entries()) bar[name] = Number(saved.sums[at])
  bar.flowLots.set(loadNumbers(saved.flowLots))
  bar.depthLotsMs.set(loadNumbers(saved.depthLotsMs))
  bar.closing = saved.closing ? Float64Array.from(loadNumbers(saved.closing)) : undefined
  loadMark(bar.mark, saved.mark)
  if (path && saved.path) path.restore(Number(saved.path.at), loadNumbers(saved.path.terms))
  return bar
}
