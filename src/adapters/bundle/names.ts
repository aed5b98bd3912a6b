/** A version, a family or a file of a bundle: no separator, no leading dot, so that it cannot leave its folder. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

export const NAME_RULE = 'letters, digits, ".", "_", "-" only, 64 at most, no leading "."'

export const isBundleName = (text: string): boolean => NAME.test(text)

/** Names of folders that a writer has not finished begin so; readers pass over them. */
export const WRITING_PREFIX = '.writing-'
