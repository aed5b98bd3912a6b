import { join } from 'node:path'
import { InputError } from '../../core/errors.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { Config } from '../config/schema.ts'

/** Models that decide for the same instruments: one folder with one history, of which one model is in force. */
export interface ModelFamily {
  /** Undefined where one family serves all instruments. */
  readonly group: string | undefined
  readonly symbols: readonly InstrumentSymbol[]
  /** Its folder. */
  readonly path: string
}

type Families = Pick<Config, 'symbols'> & { readonly model: Pick<Config['model'], 'path' | 'groups'> }

/** Every symbol is in exactly one of them. Those of groups lie in `<model.path>/<group>`. */
export function modelFamilies({ symbols, model: { path, groups } }: Families): readonly ModelFamily[] {
  if (groups === undefined) return [{ group: undefined, symbols, path }]
  const named =
    groups === 'each' ? symbols.map((symbol) => [folderOf(symbol), [symbol]] as const) : Object.entries(groups)
  return named.map(([group, members]) => ({ group, symbols: members, path: join(path, group) }))
}

/**
 * Those that decide any of `symbols`: the data may hold less than the configuration names, or more. Throws `InputError` for an instrument
 * that is in no group; where there are no groups, one family decides all.
 */
export function familiesFor(config: Families, symbols: readonly InstrumentSymbol[]): readonly ModelFamily[] {
  const families = modelFamilies(config)
  if (config.model.groups === undefined) return families
  const lost = symbols.filter((symbol) => !families.some((family) => family.symbols.includes(symbol)))
  if (lost.length === 0) return families.filter((family) => family.symbols.some((symbol) => symbols.includes(symbol)))
  throw new InputError(
    `model.groups: no group has ${lost.join(', ')}, which the data hold; name it in symbols and in a group, or leave model.groups out`,
    { key: 'model.groups' },
  )
}

/** `BTC/USDT:USDT` is `BTC-USDT-USDT`: no two symbols of ccxt's form come to the same. */
const folderOf = (symbol: InstrumentSymbol): string => symbol.replaceAll(/[/:]/g, '-')

/** The configuration of one family: its instruments and its folder alone. */
export const ofFamily = <C extends Config>(config: C, { symbols, path }: ModelFamily): C => ({
  ...config,
  symbols: [...symbols],
  model: { ...config.model, path, groups: undefined },
})

/** The family that `--group` names; undefined for the one of all instruments. Throws `InputError` listing the names there are. */
export function familyOf(config: Families, group: string | undefined): ModelFamily {
  const families = modelFamilies(config)
  const found = families.find((one) => one.group === group)
  if (found) return found
  if (config.model.groups === undefined) {
    throw new InputError(`--group was ${group}; the configuration has no model.groups: leave it out`, { group })
  }
  const names = families.map((one) => one.group).join(', ')
  const said = group === undefined ? '--group is missing' : `--group was ${group}`
  throw new InputError(`${said}; model.groups has ${names}: name the one that is meant`, { group })
}

/** In front of what is told of a family. */
export const ofGroup = (group: string | undefined): string => (group === undefined ? '' : `group ${group}: `)
