/** The `p`-quantile of `values` (nearest rank), `null` of none: a number that was not measured is not zero. */
export function quantile(values: readonly number[], p: number): number | null {
  if (values.length === 0) return null
  const ascending = [...values].sort((a, b) => a - b)
  return ascending[Math.min(ascending.length - 1, Math.ceil(p * ascending.length) - 1)] ?? null
}
