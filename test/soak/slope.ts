/** Least squares of pairs (seconds, value): value per hour, and its standard error, which memory's saw-tooth makes too small. */
export function slopePerHour(rows: readonly (readonly [number, number])[]): { slope: number; standardError: number } {
  const n = rows.length
  const mean = (column: 0 | 1): number => rows.reduce((total, row) => total + row[column], 0) / n
  const [mx, my] = [mean(0), mean(1)]
  let [sxx, sxy, syy] = [0, 0, 0]
  for (const [x, y] of rows) {
    sxx += (x - mx) ** 2
    sxy += (x - mx) * (y - my)
    syy += (y - my) ** 2
  }
  const slope = sxy / sxx
  const residual = Math.max(0, syy - slope * sxy)
  const perHour = (value: number): number => Number((value * 3_600).toFixed(2))
  return { slope: perHour(slope), standardError: perHour(Math.sqrt(residual / (n - 2) / sxx)) }
}
