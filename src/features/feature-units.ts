import { check } from '../core/check.ts'
import type { FeatureInput, FeatureUnit } from './feature-definition.ts'
import { Ring } from './ring.ts'

/** A figure of the newest bar alone. */
export const instant = (of: (input: FeatureInput) => number): FeatureUnit => ({
  step: of,
  reset: () => undefined,
  save: () => [],
  restore: (state) => void check(state.length === 0, 'empty state', state.length),
})

/** A figure of the last bars by way of some series; `step` pushes one number to each ring, [sizes], before it looks at them. */
export function ringed(
  sizes: readonly number[],
  step: (rings: readonly Ring[], input: FeatureInput) => number,
): FeatureUnit {
  const rings = sizes.map((size) => new Ring(size))
  return {
    step: (input) => step(rings, input),
    reset: () => {
      for (const ring of rings) ring.clear()
    },
    save: () => rings.flatMap((ring) => ring.save()),
    restore: (state) => restoreRings(rings, state),
  }
}

/** A figure of the last mids, the one before the run's first bar included. */
export function ofMids(bars: number, of: (mids: Ring) => number): FeatureUnit {
  const mids = new Ring(bars + 1)
  return {
    step: ({ mid }) => {
      mids.push(mid)
      return of(mids)
    },
    reset: (mid) => {
      mids.clear()
      if (Number.isFinite(mid)) mids.push(mid)
    },
    save: () => mids.save(),
    restore: (state) => mids.restore(state),
  }
}

/** Reads what `save` of the same rings wrote. */
export function restoreRings(rings: readonly Ring[], state: readonly number[]): void {
  const length = rings.reduce((total, { size }) => total + size + 1, 0)
  check(state.length === length, `state of ${length} numbers`, state.length)
  let from = 0
  for (const ring of rings) {
    ring.restore(state.slice(from, from + ring.size + 1))
    from += ring.size + 1
  }
}
