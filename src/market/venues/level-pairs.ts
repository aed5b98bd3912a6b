import { isObject } from '../frame-fields.ts'

/** Levels that came as objects, in the form that `levels` reads. What is no object is left for it to report. */
export const levelPairs = (rows: unknown, price: string, size: string): unknown =>
  Array.isArray(rows) ? rows.map((row: unknown) => (isObject(row) ? [row[price], row[size]] : row)) : rows
