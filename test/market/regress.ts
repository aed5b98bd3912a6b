/** Least squares of `y` on `x` with an intercept. */
export function regress(x: readonly number[], y: readonly number[]): { n: number; beta: number; r2: number } {
  const n = x.length
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / n
  const [mx, my] = [mean(x), mean(y)]
  let [sxx, sxy, syy] = [0, 0, 0]
  for (let at = 0; at < n; at += 1) {
    const [dx, dy] = [x[at]! - mx, y[at]! - my]
    sxx += dx * dx
    sxy += dx * dy
    syy += dy * dy
  }
  return { n, beta: sxy / sxx, r2: (sxy * sxy) / (sxx * syy) }
}
