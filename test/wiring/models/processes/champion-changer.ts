import { setTimeout as sleep } from 'node:timers/promises'
import { changeChampion } from '../../../../src/wiring/models/change-champion.ts'
import { readHistory } from '../../../../src/wiring/models/history.ts'

// Begins when it is told to, with another process: puts each of `versions` in force, one after another, `times` times, and then until
// it has had a turn behind one of the other's: a busy machine may let one run far ahead.
const [family = '', who = '', times = '1', ...versions] = process.argv.slice(2)
const started = new Promise<void>((resolve) => {
  process.once('message', () => resolve())
})
process.send?.('ready')
await started
for (let turn = 0, hasMet = false; turn < Number(times) || !hasMet; turn += 1) {
  const version = versions[turn % versions.length]!
  hasMet = (await readHistory(family)).some((entry) => entry.who !== who)
  const at = new Date().toISOString()
  await changeChampion({ familyFolder: family, version, action: 'promote', at, who, why: `turn ${turn}` })
  await sleep(5)
}
process.disconnect()
