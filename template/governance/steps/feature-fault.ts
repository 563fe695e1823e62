import { type Cell, type Column, isNumberColumn } from '@airlock-ml/tabular'

/** The first cell of a feature that is not a finite number, in a sentence; undefined when there is none. */
export function featureFault(column: Column): string | undefined {
  const cells: readonly Cell[] = [...column.values]
  const row = isNumberColumn(column) ? cells.findIndex((cell) => !Number.isFinite(cell)) : cells.findIndex(isNoNumber)
  if (row < 0) return undefined
  const where = `Row ${row + 1} of column "${column.name}"`
  const cell = cells[row]
  if (cell === null || Number.isNaN(cell)) return `${where} has no value. Fill it in, or leave the row out.`
  return `${where} is ${JSON.stringify(cell)}. It must be a number: correct the cell.`
}

/** Text that is no finite decimal number: an `Infinity`, a `1e400` or a `0x10` is a slip of whoever wrote the file. */
function isNoNumber(cell: Cell): boolean {
  return (
    typeof cell !== 'string' ||
    !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(cell) ||
    !Number.isFinite(Number(cell))
  )
}
