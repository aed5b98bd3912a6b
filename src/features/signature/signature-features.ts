import { check } from '../../core/check.ts'
import type { Bar } from '../../market/bar.ts'
import { type SignatureTerms, signatureIndex } from '../../market/signature.ts'
import type { FeatureContext, FeatureDefinition, FeatureUnit } from '../feature-definition.ts'
import { isLyndon, logSignatureTerm, type Word, words } from './log-signature.ts'
import { WindowSignature } from './window-signature.ts'

/** Time, price (ln mid), order flow (OFI of the best level), signed volume. */
const LETTERS = ['t', 'p', 'f', 'v'] as const

const SCALED =
  'of the path (t, ln mid, ofi[1], buy - sell) over the bars; t / length, ln mid / sqrt(sum(r^2)), ofi / mean best queue, volume / volume'

const SOURCE =
  'Chen, Annals of Mathematics 65, 1957; Lyons, Revista Matemática Iberoamericana 14(2), 1998; Levin, Lyons, Ni 2013 (arXiv 1309.0260); ' +
  'Gyurkó, Lyons, Kontkowski, Field 2013 (arXiv 1307.7244)'

/** Words of time alone are constants: 1, 1/2, 1/6. */
const isTold = (word: Word): boolean => word.some((letter) => letter !== 0)

const nameOf = (word: Word): string => word.map((letter) => LETTERS[letter]).join('')

/** Terms of the truncated signature over `bars` bars, one column per word: 3, 18 or 81 for level 1, 2 or 3. */
export const pathSignature = (bars: number, level: number): readonly FeatureDefinition[] =>
  family(
    bars,
    words(checkLevel(level)).filter(isTold),
    'sig',
    `S(word) ${SCALED}`,
    (word) => (terms) => terms[signatureIndex(word)]!,
  )

/** Terms of the truncated log-signature at the Lyndon words: 3, 9 or 29 columns for level 1, 2 or 3. The same knowledge in fewer. */
export const logSignature = (bars: number, level: number): readonly FeatureDefinition[] =>
  family(
    bars,
    words(checkLevel(level)).filter((word) => isTold(word) && isLyndon(word)),
    'logsig',
    `(log S)(Lyndon word) ${SCALED}`,
    (word) => (terms) => logSignatureTerm(terms, word),
  )

const checkLevel = (level: number): number =>
  check(level === 1 || level === 2 || level === 3, 'level of a signature, 1 to 3', level)

/** The columns of one window share its signature: it is computed once per bar. */
function family(
  bars: number,
  list: readonly Word[],
  prefix: string,
  formula: string,
  reader: (word: Word) => (terms: SignatureTerms) => number,
): readonly FeatureDefinition[] {
  const shared = new WeakMap<FeatureContext, SharedWindow>()
  return list.map((word, place) => ({
    name: `${prefix}_${nameOf(word)}_${bars}`,
    unit: 'ratio',
    formula,
    source: SOURCE,
    params: { bars, word: nameOf(word) },
    lookBack: bars,
    needsSignature: true,
    create(context) {
      const known = shared.get(context)
      // A column that is made a second time belongs to another set of units.
      const window = known?.claim(place) ? known : new SharedWindow(bars, place)
      shared.set(context, window)
      return column(window, reader(word), window !== known)
    },
  }))
}

/** `owns`: the one of the columns that saves and restores what they share. */
function column(window: SharedWindow, read: (terms: SignatureTerms) => number, owns: boolean): FeatureUnit {
  return {
    step: ({ bar }) => read(window.termsAt(bar)),
    reset: () => window.clear(),
    save: () => (owns ? window.signature.save() : []),
    restore(state) {
      if (owns) window.restore(state)
      else check(state.length === 0, 'state of a column that owns none', state.length)
    },
  }
}

/** Steps once per bar, whichever column comes first. */
class SharedWindow {
  readonly signature: WindowSignature
  readonly #places: Set<number>
  #bar: Bar | undefined
  #terms: SignatureTerms | undefined

  constructor(bars: number, firstPlace: number) {
    this.signature = new WindowSignature(bars)
    this.#places = new Set([firstPlace])
  }

  /** False when the column of this place has its window already. */
  claim(place: number): boolean {
    if (this.#places.has(place)) return false
    this.#places.add(place)
    return true
  }

  termsAt(bar: Bar): SignatureTerms {
    if (bar === this.#bar && this.#terms) return this.#terms
    this.signature.push(bar)
    this.#bar = bar
    this.#terms = this.signature.terms()
    return this.#terms
  }

  clear(): void {
    this.signature.clear()
    this.#bar = undefined
    this.#terms = undefined
  }

  restore(state: readonly number[]): void {
    this.clear()
    this.signature.restore(state)
  }
}
