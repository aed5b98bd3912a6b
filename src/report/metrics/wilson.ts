import { normalQuantile } from '../../model/heads/normal-quantile.ts'

const Z95 = normalQuantile(0.975)

/** 95 % score interval of a share seen in `count` > 0 independent draws (Wilson 1927). */
export function wilson(share: number, count: number): { readonly low: number; readonly high: number } {
  const factor = Z95 ** 2 / count
  const centre = (share + factor / 2) / (1 + factor)
  const half = (Math.sqrt((share * (1 - share)) / count + factor / (4 * count)) * Z95) / (1 + factor)
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}
