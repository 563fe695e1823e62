import type { SchemaElement } from 'hyparquet'
import type { ColumnKind } from '../table/column.ts'

/** The kind of column that holds a Parquet column exactly, or `undefined` for what tables do not hold. */
export function kindOfElement(element: SchemaElement): ColumnKind | undefined {
  if (element.num_children !== undefined || element.repetition_type === 'REPEATED') return undefined
  const annotation = element.logical_type?.type ?? element.converted_type
  switch (element.type) {
    case 'BOOLEAN':
      return annotation === undefined ? 'boolean' : undefined
    case 'FLOAT':
      return annotation === undefined ? 'float32' : undefined
    case 'DOUBLE':
      return annotation === undefined ? 'float64' : undefined
    case 'INT32':
    case 'INT64':
      return annotation === undefined || /^(INTEGER|U?INT_\d+)$/.test(annotation) ? 'int64' : undefined
    case 'BYTE_ARRAY':
      return annotation === 'STRING' || annotation === 'UTF8' || annotation === 'ENUM' ? 'string' : undefined
    default:
      return undefined
  }
}
