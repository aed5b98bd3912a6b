/** Uniform in [0, 1). A port: the stages take it as an argument and never call `Math.random`. */
export type Random = () => number

/** Seeded generator (mulberry32, T. Ettinger, public domain): fast, 32-bit state, enough for simulated flow, not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Standard normal draw (Box–Muller, one of the pair). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** Exponential draw with the given rate per unit of time; `Infinity` at rate 0. */
export const exponential = (random: Random, rate: number): number =>
  rate > 0 ? -Math.log(1 - random()) / rate : Number.POSITIVE_INFINITY
