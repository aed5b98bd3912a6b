import { withFamilyLock } from '../../../../src/wiring/models/family-lock.ts'

// Holds the lock of the family until it is killed.
setInterval(() => undefined, 1_000)
await withFamilyLock(process.argv[2]!, async () => {
  process.send?.('held')
  await new Promise(() => undefined)
})
