import { InputError } from '../../core/errors.ts'
import type { Candidate, Contender, ForecastContender } from './contender.ts'

/**
 * Throws `InputError` where contenders were not measured on the same rows and moments, or a figure is not finite: a comparison of things
 * that do not belong together must never become a verdict.
 */
export function checkContenders(candidate: Candidate, others: readonly (ForecastContender | Contender)[]): void {
  for (const one of [candidate, ...others]) {
    requireFinite(one.name, 'crpsBps', one.crpsBps)
    requireSame(candidate.name, one.name, 'endAt', candidate.endAt, one.endAt)
    requireLength(one.name, 'crpsBps', one.crpsBps, candidate.endAt.length)
    if (!trades(one)) continue
    requireFinite(one.name, 'pnl', one.pnl)
    requireSame(candidate.name, one.name, 'pnlAt', candidate.pnlAt, one.pnlAt)
    requireLength(one.name, 'pnl', one.pnl, candidate.pnlAt.length)
  }
  const shares = [candidate.classError, ...candidate.coverage.map(({ coverage }) => coverage)]
  if (candidate.coverage.length === 0 || !shares.every((share) => share >= 0 && share <= 1)) {
    throw new InputError(`gate: coverage and classError of ${candidate.name} must be shares, 0 to 1`, {
      coverage: candidate.coverage,
      classError: candidate.classError,
    })
  }
}

export const trades = (one: ForecastContender | Contender): one is Contender => 'pnl' in one

function requireFinite(name: string, field: string, values: Float64Array): void {
  const at = values.findIndex((value) => !Number.isFinite(value))
  if (at < 0) return
  throw new InputError(`gate: ${field}[${at}] of ${name} was ${values[at]}; it must be finite`, { name, field, at })
}

function requireLength(name: string, field: string, values: Float64Array, length: number): void {
  if (values.length === length) return
  throw new InputError(`gate: ${field} of ${name} has ${values.length} values; ${length} are needed`, { name, field })
}

function requireSame(first: string, second: string, field: string, a: Float64Array, b: Float64Array): void {
  if (a.length === b.length && a.every((value, i) => value === b[i])) return
  throw new InputError(`gate: ${field} of ${second} differs from that of ${first}; all must be measured on the same`, {
    first,
    second,
    field,
  })
}
