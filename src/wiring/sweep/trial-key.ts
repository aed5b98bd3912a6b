import { createHash } from 'node:crypto'

/** SHA-256 of plain data, hex; the order of keys does not matter. */
export const trialKey = (identity: unknown): string =>
  createHash('sha256').update(JSON.stringify(identity, sortedKeys)).digest('hex')

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
