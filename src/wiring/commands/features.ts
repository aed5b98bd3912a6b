import { InputError } from '../../core/errors.ts'
import type { FeatureColumn } from '../../features/feature-columns.ts'
import type { FeatureDefinition } from '../../features/feature-definition.ts'
import { FEATURE_FAMILIES } from '../../features/feature-families.ts'
import { exampleEntry, type FeatureFamily } from '../../features/feature-family.ts'
import { defaultFeatureSettings, type FeatureSchema } from '../../features/feature-schema.ts'
import { durationText } from '../../market/bar-spec.ts'
import { loadAnyConfig } from '../config/load-config.ts'
import { loadFeatureSchema } from '../features/load-feature-schema.ts'
import type { Io } from '../io.ts'
import { aligned } from '../text-table.ts'

export interface FeaturesListOptions {
  /** Lists the columns of this configuration; undefined: what can be asked for. */
  readonly config?: string
  readonly json: boolean
}

export interface FeaturesExplainOptions extends FeaturesListOptions {
  /** A family, or a column: of the configuration, or of the standard ones without it. */
  readonly name: string
}

const EXAMPLE_BAR_MS = 1_000

/** What features there are, or the columns of a configuration in their order. Throws `InputError` for a bad configuration. */
export async function featuresListCommand(options: FeaturesListOptions, io: Io): Promise<number> {
  if (options.config === undefined) {
    if (options.json) io.out(JSON.stringify({ families: FEATURE_FAMILIES.map(familyRecord) }))
    else for (const line of familyLines()) io.out(line)
    return 0
  }
  const schema = await schemaOf(options.config)
  const { hash, lookBack } = schema
  if (options.json) io.out(JSON.stringify({ hash, lookBack, columns: schema.features.map(columnRecord) }))
  else {
    for (const line of columnLines(schema.features)) io.out(line)
    io.out(`${schema.features.length} columns, look-back ${lookBack} bars, schema ${hash}`)
  }
  return 0
}

/** Tells one family or one column. Throws `InputError` for a name that is neither. */
export async function featuresExplainCommand(options: FeaturesExplainOptions, io: Io): Promise<number> {
  const { name, config } = options
  const schema = await (config === undefined
    ? loadFeatureSchema(defaultFeatureSettings(EXAMPLE_BAR_MS))
    : schemaOf(config))
  const column = schema.features.find((each) => each.name === name)
  const family = FEATURE_FAMILIES.find((each) => each.name === name)
  if (!column && !family) throw new InputError(unknown(name, config), { name })
  if (options.json) {
    const told = { column: column ? columnRecord(column) : null, family: family ? familyRecord(family) : null }
    io.out(JSON.stringify(told))
    return 0
  }
  if (column) for (const line of explained(columnRecord(column))) io.out(line)
  if (family) for (const line of explainedFamily(family)) io.out(line)
  return 0
}

async function schemaOf(file: string): Promise<FeatureSchema> {
  const { barMs, features } = loadAnyConfig(file)
  return await loadFeatureSchema({ barMs, ...features })
}

const unknown = (name: string, config: string | undefined): string =>
  config === undefined
    ? `feature was ${name}; it must be a family or a standard column (\`tickwright features list\`); columns of other settings need --config`
    : `feature was ${name}; it must be a family or a column of ${config} (\`tickwright features list --config ${config}\`)`

const definitionsOf = (family: FeatureFamily): readonly FeatureDefinition[] =>
  family.define(exampleEntry(family), EXAMPLE_BAR_MS)

const definitionRecord = ({ name, unit, formula, source, params, lookBack }: FeatureDefinition) => ({
  ...{ name, unit, formula, source, params, lookBack },
})

const familyRecord = (family: FeatureFamily) => ({
  name: family.name,
  about: family.about,
  needs: family.needs,
  required: family.required,
  optional: family.optional,
  example: exampleEntry(family),
  columns: definitionsOf(family).map(definitionRecord),
})

const columnRecord = ({ name, unit, formula, source, params, definition, timeframeMs, peer }: FeatureColumn) => ({
  ...{ name, unit, formula, source, params },
  lookBack: definition.lookBack,
  timeframe: durationText(timeframeMs),
  peer: peer ?? null,
})

function familyLines(): readonly string[] {
  const rows = FEATURE_FAMILIES.map(({ name, about, required, optional, needs }) => {
    const keys = [...required, ...optional.map((key) => `[${key}]`)].join(' ')
    return [name, keys, needs, about] as const
  })
  return [
    'Entries of features.indicators; keys in brackets are optional, timeframes and peers may stand in every entry.',
    ...aligned([['family', 'keys', 'needs', 'what'], ...rows]),
    'Also: features.calendar, features.externals, features.missing. `tickwright features explain NAME` tells one.',
  ]
}

const columnLines = (columns: readonly FeatureColumn[]): readonly string[] =>
  aligned([
    ['column', 'unit', 'look-back', 'formula'],
    ...columns.map(({ name, unit, formula, definition, timeframeMs }) => [
      name,
      unit,
      `${definition.lookBack} x ${durationText(timeframeMs)}`,
      formula,
    ]),
  ])

const explained = (record: ReturnType<typeof columnRecord>): readonly string[] => [
  record.name,
  `  unit       ${record.unit}`,
  `  formula    ${record.formula}`,
  `  source     ${record.source}`,
  `  parameters ${JSON.stringify(record.params)}`,
  `  look-back  ${record.lookBack} bars of ${record.timeframe}`,
  `  of         ${record.peer ?? 'the instrument itself'}`,
]

function explainedFamily(family: FeatureFamily): readonly string[] {
  const { name, about, needs, required, optional } = family
  return [
    `family ${name}: ${about}`,
    `  needs      ${needs}`,
    `  keys       ${[...required, ...optional.map((key) => `${key} (optional)`)].join(', ') || 'none'}, timeframes (optional), peers (optional)`,
    `  example    ${JSON.stringify(exampleEntry(family))}`,
    ...definitionsOf(family).flatMap((definition) => [
      `  ${definition.name}`,
      `    unit      ${definition.unit}`,
      `    formula   ${definition.formula}`,
      `    source    ${definition.source}`,
      `    look-back ${definition.lookBack} bars`,
    ]),
  ]
}
