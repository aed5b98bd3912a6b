import { type Random, seededRandom } from '../../core/random.ts'

/** Seed of one of many streams (splitmix32 finaliser): neighbouring indices give unlike streams. */
export function mixedSeed(seed: number, index: number): number {
  let mixed = (seed + Math.imul(index + 1, 0x9e3779b9)) >>> 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** The draws for the trial that comes after `before` others. */
export const trialRandom = (seed: number, before: number): Random => seededRandom(mixedSeed(seed, before))
