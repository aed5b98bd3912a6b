import { setTimeout as sleep } from 'node:timers/promises'
import { changeChampion } from '../../../../src/wiring/models/change-champion.ts'

// Begins when it is told to, with another process: puts each of `versions` in force, one after another, `times` times.
const [family = '', who = '', times = '1', ...versions] = process.argv.slice(2)
const started = new Promise<void>((resolve) => {
  process.once('message', () => resolve())
})
process.send?.('ready')
await started
for (let i = 0; i < Number(times); i += 1) {
  const version = versions[i % versions.length]!
  const at = new Date().toISOString()
  await changeChampion({ familyFolder: family, version, action: 'promote', at, who, why: `turn ${i}` })
  await sleep(5)
}
process.disconnect()
