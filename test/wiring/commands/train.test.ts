import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { readCurrentBundle, readCurrentVersion } from '../../../src/adapters/bundle/read-bundle.ts'
import { checkBundle } from '../../../src/model/bundle/bundle.ts'
import { person } from '../../../src/wiring/commands/models-promote.ts'
import { currentOrNone } from '../../../src/wiring/models/find-model.ts'
import { readHistory } from '../../../src/wiring/models/history.ts'
import { workspace } from '../../support/workspace.ts'
import { REFUSED, smallTraining, typed } from './small-training.ts'

vi.setConfig({ testTimeout: 60_000 }) // The first test loads the whole trainer.
const space = workspace()
afterAll(() => space.remove())
const FAMILY = join(space.dir, 'models', 'small')
const trained = async (config: string) => {
  const { code, out, err } = await typed('train', '--config', config, '--json')
  expect(code, err.join('\n')).toBe(0)
  expect(out).toHaveLength(1)
  return { err, result: JSON.parse(out[0]!) as { version: string; fate: string; outcome: string; report: string } }
}

describe('tickwright train', () => {
  test('one that fails is refused, written down, and decides nothing', async () => {
    const data = { kind: 'simulated', alpha: 0, seed: 80_003, bars: 1_000 }
    const { result } = await trained(smallTraining(space, { train: { data } }))
    expect(result).toMatchObject({ fate: 'refuse', outcome: expect.not.stringMatching(/^pass$/) as string })
    expect(await currentOrNone(FAMILY)).toBeUndefined()
    const entries = await readHistory(FAMILY)
    expect(entries.map(({ action, version }) => [action, version])).toEqual([
      ['train', result.version],
      ['refuse', result.version],
    ])
  })

  test('the first that passes decides at once; the JSON object tells version, verdict, numbers, page and pace', async () => {
    const { result, err } = await trained(smallTraining(space))
    expect(Object.keys(result).toSorted()).toEqual(
      [
        ...['epochs', 'fate', 'numbers', 'outcome', 'report', 'rows', 'samplesPerSecond', 'seconds', 'summary'],
        'version',
      ].toSorted(),
    )
    expect(result).toMatchObject({ outcome: 'pass', fate: 'first', epochs: 0 })
    expect(existsSync(result.report)).toBe(true)
    expect(await readCurrentVersion(FAMILY)).toBe(result.version)
    const { manifest } = checkBundle(await readCurrentBundle(FAMILY))
    expect(manifest.calibration.recalibration).toBeDefined()
    expect(manifest.reference!.ignored!.length).toBeGreaterThan(0)
    expect((await readHistory(FAMILY)).at(-1)).toMatchObject({
      action: 'promote',
      version: result.version,
      who: person(),
    })
    const lines = err.map((line) => JSON.parse(line) as { kind: string; text: string })
    expect(lines.every(({ kind }) => kind === 'progress')).toBe(true)
    expect(lines.map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^fits on \d+ rows/),
        expect.stringMatching(/^judges on \d+ rows$/),
      ]),
    )
  })

  test('a network tells each epoch: how many at most, and the most time that is left; in words without --json', async () => {
    const model = join(space.dir, 'model.yaml')
    const write = (epochsMax: number) =>
      writeFileSync(
        model,
        `architecture: { name: gru, hidden: 3 }\nheads: { quantiles: { share: 1 } }\ntraining: { epochsMax: ${epochsMax} }\n`,
      )
    const trainer = {
      dir: join(space.dir, 'trainer'),
      recipe: { model, steps: 1, features: ['ofi', 'trade', 'queue', 'depth', 'microprice'] },
    }
    write(2)
    const { err, result } = await trained(smallTraining(space, { trainer }))
    expect(result).toMatchObject({ epochs: 2, fate: expect.stringMatching(/^(challenge|refuse)$/) as string })
    const epochs = err.map((line) => JSON.parse(line) as { epoch?: number }).filter(({ epoch }) => epoch !== undefined)
    expect(epochs).toMatchObject([
      { kind: 'progress', epoch: 1, of: 2, secondsLeftMax: expect.any(Number) as number },
      { kind: 'progress', epoch: 2, of: 2, secondsLeftMax: 0, validationLoss: expect.any(Number) as number },
    ])
    write(1)
    const plain = await typed('train', '--config', smallTraining(space, { trainer }))
    expect(plain.code).toBe(0)
    expect(plain.err).toContainEqual(expect.stringMatching(/^epoch 1: loss .* of 1 at most: at most 0 s left$/))
    expect(plain.out.join('\n')).toMatch(/^.*\/gru-[0-9a-f]{12}\n.*\n(It is a challenger|It does not come).*\nreport: /)
  })

  test.each(REFUSED)('%s is refused', async (_name, args, code, why) => {
    const refused = await typed('train', ...args)
    expect(refused.code).toBe(code)
    expect([...refused.err, ...refused.out].join('\n')).toMatch(code === 2 ? /./ : why)
  })

  test.each<readonly [name: string, config: () => string, why: string]>([
    [
      'a daemon that writes no bar log',
      () => space.config('demo', { bars: undefined }),
      'bars is missing; the trainer learns from the bar log of the daemon',
    ],
    ['one without a trainer', () => 'config/backtest.yaml', 'trainer is missing'],
    [
      'meta-labels',
      () =>
        smallTraining(space, {
          trainer: {
            dir: join(space.dir, 'trainer'),
            recipe: { steps: 2, labels: { kind: 'meta', sideFeature: 'ofi_1' } },
          },
        }),
      'recipe.labels.kind was meta; a model that decides needs return or triple-barrier',
    ],
  ])('%s is refused with exit code 1, and nothing is written', async (_name, config, why) => {
    const before = await readHistory(FAMILY)
    const { code, out, err } = await typed('train', '--config', config(), '--json')
    expect([code, out]).toEqual([1, []])
    expect(err.at(-1)).toContain(why)
    expect(await readHistory(FAMILY)).toEqual(before)
  })
})
