import type { JsonValue } from '../../model/bundle/plain-json.ts'

/** Settings as rows of path and value, e.g. `layers[0].hidden`, `64`. Lists of plain values stay in one row. */
export function settingRows(value: JsonValue, path = ''): readonly (readonly [path: string, value: string])[] {
  if (value === null || typeof value !== 'object') return [[path, String(value)]]
  if (isList(value)) {
    if (value.every(isPlain)) return [[path, value.map(String).join(', ')]]
    return value.flatMap((each, at) => settingRows(each, `${path}[${at}]`))
  }
  return Object.entries(value).flatMap(([key, each]) => settingRows(each, path === '' ? key : `${path}.${key}`))
}

const isPlain = (value: JsonValue): value is string | number | boolean | null =>
  value === null || typeof value !== 'object'

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value)
