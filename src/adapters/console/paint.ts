const RESET = '\u001b[0m'
const COLOURS = {
  dim: '\u001b[2m',
  bold: '\u001b[1m',
  red: '\u001b[31m',
  green: '\u001b[32m',
  yellow: '\u001b[33m',
} as const
export type Colour = keyof typeof COLOURS

/** Wraps a text in the codes of a colour, or leaves it as it is. */
export const painter =
  (enabled: boolean) =>
  (text: string, name: Colour | undefined): string =>
    enabled && name !== undefined ? `${COLOURS[name]}${text}${RESET}` : text
