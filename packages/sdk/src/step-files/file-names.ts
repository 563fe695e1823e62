import type { ArtifactType } from '@airlock-ml/contract'

const extensions: Record<ArtifactType, string> = {
  table: 'parquet',
  model: 'onnx',
  json: 'json',
  text: 'txt',
  bytes: 'bin',
}

/** The name of the file that holds an artifact, by which programs tell what it is: `train.parquet`. */
export const fileNameOf = (name: string, type: ArtifactType): string => `${name}.${extensions[type]}`
