/** One score, beside what the simple forecast reaches where that was measured. */
export interface MetricRow {
  readonly name: string
  readonly value: number
  readonly baseline?: number
}

const BASELINE = 'baseline'

/** Scores in their order; `baselineX` stands in the row of `x`. */
export function metricRows(metrics: Readonly<Record<string, number>>): readonly MetricRow[] {
  const ownNameOf = (name: string): string | undefined => {
    const rest = name.slice(BASELINE.length)
    const own = rest.charAt(0).toLowerCase() + rest.slice(1)
    return name.startsWith(BASELINE) && own in metrics ? own : undefined
  }
  const baselines = new Map(Object.entries(metrics).map(([name, value]) => [ownNameOf(name), value]))
  return Object.entries(metrics)
    .filter(([name]) => ownNameOf(name) === undefined)
    .map(([name, value]) => {
      const baseline = baselines.get(name)
      return baseline === undefined ? { name, value } : { name, value, baseline }
    })
}

/** Share of returns at or below a quantile forecast. */
export interface Coverage {
  /** What it should be, 0–1. */
  readonly level: number
  readonly observed: number
  /** Within these 95 % of samples of a right forecast lie. */
  readonly low: number
  readonly high: number
}

const Z95 = 1.96

/**
 * Coverage of each level, out of the scores `coverage5`, `coverage25` … The band is binomial (normal approximation) over as many
 * independent returns as there are whole horizons in the evaluation rows: returns of overlapping horizons repeat each other.
 */
export function coverages(
  metrics: Readonly<Record<string, number>>,
  rows: number,
  horizonBars: number,
): readonly Coverage[] {
  const independent = Math.max(1, Math.floor(rows / horizonBars))
  return Object.entries(metrics)
    .flatMap(([name, observed]) => {
      const percent = /^coverage(\d+(?:\.\d+)?)$/.exec(name)?.[1]
      const level = Number(percent) / 100
      if (percent === undefined || level >= 1) return []
      const half = Z95 * Math.sqrt((level * (1 - level)) / independent)
      return [{ level, observed, low: Math.max(0, level - half), high: Math.min(1, level + half) }]
    })
    .sort((a, b) => a.level - b.level)
}
