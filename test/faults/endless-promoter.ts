import { setTimeout as sleep } from 'node:timers/promises'
import { listVersions } from '../../src/adapters/bundle/list-bundles.ts'
import { seededRandom } from '../../src/core/random.ts'
import { changeChampion } from '../../src/wiring/models/change-champion.ts'

// Puts one version after another in force, as a restless person would, until it is killed.
const [family = '', seed = '1', pauseMs = '1000'] = process.argv.slice(2)
const random = seededRandom(Number(seed))
for (;;) {
  const versions = await listVersions(family)
  const version = versions[Math.floor(random() * versions.length)]!
  const at = new Date().toISOString()
  await changeChampion({ familyFolder: family, version, action: 'promote', at, who: 'restless', why: 'at random' })
  process.stdout.write('.')
  await sleep(2 * Number(pauseMs) * random())
}
