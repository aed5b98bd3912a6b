const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const ABSENT = new Set(['', 'nan', 'null', 'none', 'na', 'n/a'])
const INFINITE = /^([+-]?)inf(?:inity)?$/i

/** The number that a cell holds; NaN where it is empty or says so; `undefined` when it is text. */
export function numberOf(text: string): number | undefined {
  const trimmed = text.trim()
  if (NUMBER.test(trimmed)) return Number(trimmed)
  if (ABSENT.has(trimmed.toLowerCase())) return Number.NaN
  const infinite = INFINITE.exec(trimmed)
  if (infinite === null) return undefined
  return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}
