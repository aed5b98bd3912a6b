import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { calendarFeatures } from '../../src/features/calendar-features.ts'
import { externalMask, externalValue } from '../../src/features/external-features.ts'
import { missingMask } from '../../src/features/mask-features.ts'
import { familySections } from './feature-docs.ts'

const doc = readFileSync('docs/features.md', 'utf8')

describe('docs/features.md', () => {
  test.each(familySections().map((section) => [section.split('\n')[0]!.slice(4), section]))(
    'says of %s what the registry says',
    (_name, section) => {
      expect(doc).toContain(section)
    },
  )

  test('describes no family that is not there', () => {
    const told = [...doc.matchAll(/^### `([a-z_]+)`$/gm)].map(([, name]) => `### \`${name}\``)
    expect(told).toEqual(familySections().map((section) => section.split('\n')[0]))
  })

  test('names the columns of calendar, externals and masks', () => {
    const settings = { series: 'SERIES', staleMsMax: 1, transform: 'level' } as const
    const calendar = calendarFeatures(
      { dayOfWeek: true, dayOfMonth: true, month: true, sessions: ['asia', 'europe', 'america'], holidays: ['US'] },
      () => () => [],
    )
    const transforms = (['level', 'log', 'change'] as const).map((transform) =>
      externalValue({ ...settings, transform }, { rule: 'reset' }),
    )
    const names = [...calendar, ...transforms, externalMask(settings), missingMask].map(({ name }) => name)
    expect(names.filter((name) => !doc.includes(`\`${name}\``))).toEqual([])
  })
})
