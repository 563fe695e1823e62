export type { CsvColumnKind } from './csv/infer-column.ts'
export { type ReadCsvOptions, readCsv } from './csv/read-csv.ts'
export { type RowSplit, type SplitByRowHashOptions, splitByRowHash } from './hold-out/split-by-row-hash.ts'
export { type ReadParquetOptions, readParquet } from './parquet/read-parquet.ts'
export { writeParquet } from './parquet/write-parquet.ts'
export {
  booleanColumn,
  type Cell,
  type Column,
  type ColumnKind,
  float32Column,
  float64Column,
  int64Column,
  isNumberColumn,
  stringColumn,
} from './table/column.ts'
export { Table } from './table/table.ts'
export { TableError, type TableErrorCode } from './table/table-error.ts'
