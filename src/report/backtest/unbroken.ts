/** A line never ends between a number and its percent sign. */
export const unbroken = (html: string): string => html.replaceAll(/(?<=\d) %/g, '\u00a0%')
