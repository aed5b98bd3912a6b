/** Text of XML or HTML, safe inside elements and quoted attributes. */
export const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')

/** A coordinate, tenths of a pixel. */
export const px = (value: number): string => String(Math.round(value * 10) / 10)

/** A number for people: at most 4 significant digits, thousands apart. */
export function figure(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e12) return value.toLocaleString('en-US')
  const size = Math.abs(value)
  return size < 1e-3 || size >= 1e6 ? value.toExponential(2) : String(Number(value.toPrecision(4)))
}

/** First `most` characters, with a mark where some are missing. */
export const clipped = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`
