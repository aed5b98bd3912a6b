import type { Manifest } from '../../model/bundle/manifest.ts'
import { figure } from '../../report/model/svg.ts'

const AGES: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
]

/** `3 d`, `5 h`; a model from the future is new. */
export function ageText(ms: number): string {
  const [name, unit] = AGES.find(([, each]) => ms >= each) ?? ['s', 1_000]
  return `${Math.max(0, Math.floor(ms / unit))} ${name}`
}

export const sizeText = (bytes: number): string =>
  bytes < 1_048_576
    ? `${figure(Math.ceil(bytes / 1_024))} KiB`
    : `${figure(Number((bytes / 1_048_576).toFixed(1)))} MiB`

/** The score that speaks for a model: skill of its quantiles, or whatever stands first. */
export function headline({ metrics }: Manifest): string {
  const [name, value] =
    'pinballSkill' in metrics ? ['pinballSkill', metrics['pinballSkill']] : (Object.entries(metrics)[0] ?? [])
  return name === undefined || value === undefined ? 'none' : `${name} ${figure(value)}`
}
