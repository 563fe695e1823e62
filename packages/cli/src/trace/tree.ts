/** A line with what stands below it. */
export type Branch = { text: string; below: readonly Branch[] }

export const branch = (text: string, ...below: readonly (Branch | string | null)[]): Branch => ({
  text,
  below: below
    .filter((each) => each !== null)
    .map((each) => (typeof each === 'string' ? { text: each, below: [] } : each)),
})

/** A tree as text, a line a branch, two spaces a level. */
export const treeText = ({ text, below }: Branch, level = 0): string =>
  [`${'  '.repeat(level)}${text}`, ...below.map((each) => treeText(each, level + 1))].join('\n')
