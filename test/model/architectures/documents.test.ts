import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ARCHITECTURES } from '../../../src/model/architectures/registry.ts'
import { freshForecaster } from '../../../src/model/fresh-forecaster.ts'
import { drawGraph } from '../../../src/report/model/draw-graph.ts'

const docs = new URL('../../../docs/', import.meta.url)
const text = readFileSync(new URL('models.md', docs), 'utf8')

interface OptionsSchema {
  readonly properties: Readonly<Record<string, { readonly description: string }>>
}

describe.each(ARCHITECTURES)('docs/models.md on $name', ({ name, options }) => {
  const section = text.split(/^### /m).find((part) => part.split('\n')[0]!.endsWith(`: \`${name}\``)) ?? ''

  test('lists every option with its description, and no other', () => {
    const { properties } = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' }) as unknown as OptionsSchema
    const rows = section.split('\n').filter((line) => line.startsWith('| `'))
    expect(rows.map((row) => row.split('`')[1])).toEqual(Object.keys(properties))
    for (const { description } of Object.values(properties))
      expect(section.replaceAll('\\|', '|')).toContain(description)
  })

  test('shows the graph as it is drawn now', () => {
    const drawn = drawGraph(freshForecaster(name, 64, 40), { file: name, title: name })
    expect(readFileSync(new URL(`models/${name}.svg`, docs), 'utf8')).toBe(drawn)
  })
})
