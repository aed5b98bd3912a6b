import type { FeatureDefinition } from '../../src/features/feature-definition.ts'
import { FEATURE_FAMILIES } from '../../src/features/feature-families.ts'
import { exampleEntry, type FeatureFamily } from '../../src/features/feature-family.ts'

const MANY = 6
const code = (text: string): string => `\`${text}\``
const cell = (text: string): string => text.replaceAll('|', '\\|')

/** A row per column; of a family with many columns the first, which tells them all. */
function rows(family: FeatureFamily): readonly string[] {
  const definitions = family.define(exampleEntry(family), 1_000)
  const shown = definitions.length > MANY ? definitions.slice(0, 1) : definitions
  return shown.map((definition) =>
    row(definition, definitions.length > MANY ? ` and ${definitions.length - 1} more` : ''),
  )
}

const row = ({ name, unit, formula, source, lookBack }: FeatureDefinition, more: string): string =>
  `| ${code(name)}${more} | ${unit} | ${lookBack} | ${cell(formula)} | ${cell(source)} |`

/** What docs/features.md must say of each family, from the registry itself. */
export const familySections = (): readonly string[] =>
  FEATURE_FAMILIES.map((family) => {
    const { name, about, needs, required, optional } = family
    const keys = [...required.map(code), ...optional.map((key) => `${code(key)} (optional)`)].join(', ') || 'none'
    return [
      `### \`${name}\``,
      '',
      `${about[0]!.toUpperCase()}${about.slice(1)}. Needs ${needs}. Keys: ${keys}. Example: ${code(JSON.stringify(exampleEntry(family)))}.`,
      '',
      '| column | unit | look-back, bars | formula | source |',
      '| --- | --- | --- | --- | --- |',
      ...rows(family),
    ].join('\n')
  })
