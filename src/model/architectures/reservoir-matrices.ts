import { InputError } from '../../core/errors.ts'
import { seededRandom } from '../../core/random.ts'
import { spectralRadius } from './spectral-radius.ts'

export interface ReservoirSettings {
  readonly seed: number
  /** Values in an input vector. */
  readonly features: number
  readonly units: number
  /** Of the recurrent weights; below 1 memories fade (for tanh units, in practice; surely so with the largest singular value below 1). */
  readonly spectralRadius: number
  /** Input weights are uniform in ± this. */
  readonly inputScale: number
  /** Biases are uniform in ± this. */
  readonly biasScale: number
  /** Share of a unit's state that is renewed at each step, above 0, at most 1. */
  readonly leak: number
  /** Incoming recurrent weights of each unit, at most `units`; the others are 0. */
  readonly connections: number
}

/** Fixed weights, rounded to float32, as a graph holds them: state ← (1 − leak) state + leak tanh([1, input]·inputWeights + state·recurrent). */
export interface Reservoir {
  readonly features: number
  readonly units: number
  readonly leak: number
  /** [1 + features, units] row-major; the first row is the bias. */
  readonly inputWeights: Float32Array
  /** [units, units] row-major: from unit (row) to unit (column). */
  readonly recurrent: Float32Array
}

/** Random weights of an echo-state network (Jaeger 2001, GMD report 148; leak: Jaeger et al. 2007). A pure function of its settings. */
export function createReservoir(settings: ReservoirSettings): Reservoir {
  checkSettings(settings)
  const { features, units, leak, connections } = settings
  const random = seededRandom(settings.seed)
  const within = (scale: number): number => scale * (2 * random() - 1)
  const inputWeights = Float32Array.from({ length: (1 + features) * units }, (_, i) =>
    within(i < units ? settings.biasScale : settings.inputScale),
  )
  const drawn = new Float64Array(units * units)
  for (let unit = 0; unit < units; unit += 1) {
    for (const from of chosen(units, connections, random)) drawn[from * units + unit] = within(1)
  }
  const radius = spectralRadius(drawn, units)
  if (radius === 0) {
    throw new InputError(`reservoir of seed ${settings.seed} has no loop; it needs more connections or units`, {
      connections,
      units,
    })
  }
  const recurrent = Float32Array.from(drawn, (weight) => (weight * settings.spectralRadius) / radius)
  return { features, units, leak, inputWeights, recurrent }
}

/** `count` different numbers below `limit` (partial Fisher–Yates shuffle). */
function chosen(limit: number, count: number, random: () => number): readonly number[] {
  const all = Array.from({ length: limit }, (_, i) => i)
  for (let i = 0; i < count; i += 1) {
    const other = i + Math.floor(random() * (limit - i))
    const picked = all[other]!
    all[other] = all[i]!
    all[i] = picked
  }
  return all.slice(0, count)
}

function checkSettings(settings: ReservoirSettings): void {
  const { features, units, connections, leak } = settings
  const rules: readonly (readonly [keyof ReservoirSettings, boolean, string])[] = [
    ['features', Number.isInteger(features) && features > 0, 'a whole number above 0'],
    ['units', Number.isInteger(units) && units > 0, 'a whole number above 0'],
    ['connections', Number.isInteger(connections) && connections > 0 && connections <= units, 'from 1 to units'],
    ['leak', leak > 0 && leak <= 1, 'above 0, at most 1'],
    ['spectralRadius', settings.spectralRadius > 0 && Number.isFinite(settings.spectralRadius), 'above 0'],
    ['inputScale', settings.inputScale > 0 && Number.isFinite(settings.inputScale), 'above 0'],
    ['biasScale', settings.biasScale >= 0 && Number.isFinite(settings.biasScale), 'at least 0'],
  ]
  for (const [key, isFine, rule] of rules) {
    if (!isFine) throw new InputError(`reservoir.${key} was ${settings[key]}; it must be ${rule}`, { key })
  }
}
