import { figure } from '../model/svg.ts'

/** Of any size and unit: four significant digits, `−1.2e-7` where it is tiny. What is not finite is a dash. */
export const significantText = (value: number): string =>
  Number.isFinite(value) ? figure(value).replace(/^-/, '−') : '–'
