import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readBundle } from '../../../src/adapters/bundle/read-bundle.ts'
import { checkBundle } from '../../../src/model/bundle/bundle.ts'
import { killPrograms, runProgram, startProgram, until } from '../../support/program.ts'
import { workspace } from '../../support/workspace.ts'
import { soundFamily } from './support/family-check.ts'
import { simulatedLog } from './support/simulated-log.ts'

const BARS = 1_400
const GROUPS = ['BTC-USDT-USDT', 'ETH-USDT-USDT']
const space = workspace()
afterAll(() => {
  killPrograms()
  space.remove()
})

interface Told {
  readonly kind: string
  readonly group?: string
  readonly text: string
}

test('one trainer makes a model of each instrument, one after another, from its own rows', async () => {
  const path = join(space.dir, 'models')
  for (const group of GROUPS) cpSync('models/demo', join(path, group), { recursive: true })
  const dir = join(space.state, 'trainer')
  const config = space.config('demo', {
    symbols: ['BTC/USDT:USDT', 'ETH/USDT:USDT'],
    model: { path, groups: 'each' },
    bars: { dir: join(space.state, 'bars') },
    trainer: {
      ...{ dir, windowBars: BARS, gate: { resamples: 500 }, recipe: { model: undefined } },
      schedule: { barsMin: 100, everyBars: 100_000, pauseMs: 1_000 },
    },
  })
  const log = await simulatedLog(config, Date.now(), BARS, 600)
  const feeding = setInterval(() => log.add(), 100)
  try {
    const trainer = startProgram(['trainer', '--config', config, '--json'])
    const told = () =>
      trainer
        .out()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Told)
    const over = () => told().filter(({ kind }) => /^(challenge|refuse|failed)$/.test(kind))
    await until('both to be trained', () => over().length >= 2, 40_000)
    expect(told().filter(({ kind }) => kind === 'failed')).toEqual([])
    trainer.kill('SIGTERM')
    expect(await trainer.ended()).toBe(0)
    const order = told().filter(({ kind }) => kind === 'training' || kind === 'trained')
    expect(order.map(({ kind, group }) => `${kind} ${group}`)).toEqual(
      GROUPS.flatMap((group) => [`training ${group}`, `trained ${group}`]),
    )
    expect(told().find(({ kind }) => kind === 'training')!.text).toMatch(/^group BTC-USDT-USDT: training begins/)
    for (const group of GROUPS) {
      const entries = await soundFamily(join(path, group))
      expect(entries.map(({ action }) => action)).toEqual(['train', expect.stringMatching(/^(challenge|refuse)$/)])
      const { manifest } = checkBundle(await readBundle(join(path, group), entries[0]!.version))
      expect(manifest).toMatchObject({ family: group })
      expect(manifest.fit.source).toBe(`bar log of ${group.replace('-', '/').replace('-', ':')}`)
      expect(existsSync(join(dir, 'groups', group, 'sidecar.json'))).toBe(true)
    }
    const missing = await runProgram(['train', '--config', config])
    expect(missing.err).toContain('--group is missing; model.groups has BTC-USDT-USDT, ETH-USDT-USDT')
    const byHand = await runProgram(['train', '--config', config, '--group', GROUPS[1]!])
    expect(byHand.out).toContain(join(path, GROUPS[1]!))
    expect(await soundFamily(join(path, GROUPS[0]!))).toHaveLength(2)
    expect((await soundFamily(join(path, GROUPS[1]!))).length).toBeGreaterThan(2)
  } finally {
    clearInterval(feeding)
    await log.close()
  }
}, 90_000)
