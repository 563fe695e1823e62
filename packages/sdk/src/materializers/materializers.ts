import type { ArtifactType } from '@airlock-ml/contract'
import { bytesMaterializer } from './bytes.ts'
import { jsonMaterializer } from './json.ts'
import type { Materializer } from './materializer.ts'
import { modelMaterializer } from './model.ts'
import { tableMaterializer } from './table.ts'
import { textMaterializer } from './text.ts'

/** The materializer of each artifact type. */
export const materializers: Readonly<Record<ArtifactType, Materializer>> = {
  table: tableMaterializer,
  model: modelMaterializer,
  json: jsonMaterializer,
  text: textMaterializer,
  bytes: bytesMaterializer,
}
