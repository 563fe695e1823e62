/** Empties the cells that hold a mark of a missing value, and leaves the others as they are. */
export function withoutMarks(marks: readonly string[] = []): (cell: string) => string {
  const known = new Set(marks.map((mark) => mark.trim()))
  return known.size === 0 ? (cell) => cell : (cell) => (known.has(cell.trim()) ? '' : cell)
}
