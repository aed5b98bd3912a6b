import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { workspace } from '../../support/workspace.ts'
import { REFUSED, smallTraining, typed } from './small-training.ts'

vi.setConfig({ testTimeout: 60_000 }) // The first test loads the whole trainer.
const space = workspace()
afterAll(() => space.remove())
/** That were ever run. */
function trialsOf(): number {
  const database = new Database(join(space.dir, 'trainer', 'trainer.sqlite'), { readonly: true })
  try {
    return database.prepare<[], { readonly count: number }>('SELECT count(*) AS count FROM trials').get()!.count
  } finally {
    database.close()
  }
}

describe('tickwright evaluate', () => {
  test('prints one JSON object: the verdict, figures beside the baselines, and where the page is; it counts as a trial', async () => {
    const { code, out, err } = await typed('evaluate', '--config', smallTraining(space), '--json')
    expect(code).toBe(0)
    expect(out).toHaveLength(1)
    const found = JSON.parse(out[0]!) as Record<string, never>
    const page = join(space.dir, 'trainer', 'evaluation.html')
    expect(found).toMatchObject({ outcome: 'pass', report: page, rows: expect.any(Number) as number })
    expect(Object.keys(found).toSorted()).toEqual(
      ['baselinesCrpsBps', 'metrics', 'outcome', 'report', 'rows', 'seconds', 'summary'].toSorted(),
    )
    expect(Object.keys(found['baselinesCrpsBps']!)).toEqual(['unconditional', 'zero-return', 'ewma', 'har', 'ridge'])
    expect(found['metrics']).toMatchObject({
      crpsBps: expect.any(Number) as number,
      rSquared: expect.any(Number) as number,
    })
    expect(found['metrics']!['crpsSkill']).toBeGreaterThan(0.01)
    expect(err.filter((line) => line.startsWith('fold'))).toEqual(['fold 1 of 2', 'fold 2 of 2'])
    const html = readFileSync(page, 'utf8')
    expect(html).toContain('fitted and calibrated on rows before it')
    expect(html).toContain('microprice')
  })

  test('in words without --json, on the page that --out names; paths of combinatorial folds are told one by one', async () => {
    const before = trialsOf()
    const out = join(space.dir, 'pages', 'other.html')
    const folds = { kind: 'combinatorial', groups: 3, testGroups: 2, embargoBars: 0 }
    const none = {
      kind: undefined,
      folds: undefined,
      firstTrainShare: undefined,
      scheme: undefined,
      embargoBars: undefined,
    }
    const config = smallTraining(space, {
      train: { evaluation: { folds: { ...none, ...folds }, permutations: 0 } },
    })
    const plain = await typed('evaluate', '--config', config, '--out', out)
    expect(plain.code, plain.err.join()).toBe(0)
    expect(plain.out.join('\n')).toMatch(
      /(better than the best baseline's|Nothing beats the baselines): .*\n.*\nreport: /s,
    )
    expect(plain.out.join('\n')).toContain(`report: ${out}`)
    const { code, out: lines } = await typed('evaluate', '--config', config, '--json')
    expect(code).toBe(0)
    const { paths } = JSON.parse(lines.at(-1)!) as { paths: object[] }
    expect(paths).toHaveLength(2)
    expect(Object.keys(paths[0]!)).toEqual(['crpsSkill', 'sharpePerBar', 'totalReturn'])
    expect(trialsOf()).toBe(before + 2)
  })

  test.each(REFUSED)('%s is refused', async (_name, args, code, why) => {
    const refused = await typed('evaluate', ...args)
    expect(refused.code).toBe(code)
    expect([...refused.err, ...refused.out].join('\n')).toMatch(code === 2 ? /./ : why)
  })

  test.each<readonly [name: string, config: () => string, why: string]>([
    ['a configuration of another mode', () => space.config('demo'), 'mode was demo; this needs mode train'],
    ['one without a trainer', () => 'config/backtest.yaml', 'config config/backtest.yaml: trainer is missing'],
    [
      'a column that there is none of',
      () =>
        smallTraining(space, {
          trainer: { dir: join(space.dir, 'trainer'), recipe: { features: ['ofi', 'sentiment'] } },
        }),
      'recipe.features has sentiment; it must be the beginning of a feature',
    ],
    [
      'too few bars for so many parts',
      () => smallTraining(space, { train: { data: { kind: 'simulated', alpha: 0, seed: 1, bars: 100 } } }),
      'no rows of',
    ],
  ])('%s is refused with exit code 1 and what is wrong', async (_name, config, why) => {
    const { code, out, err } = await typed('evaluate', '--config', config(), '--json')
    expect([code, out]).toEqual([1, []])
    expect(err.at(-1)).toMatch(/^error: /)
    expect(err.at(-1)).toContain(why)
  })
})
