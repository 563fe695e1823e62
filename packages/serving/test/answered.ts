import type { ServedVersion } from '@airlock-ml/contract'
import { V7Generator } from 'uuidv7'
import type { AnsweredBatch } from '../src/answer/answered-batch.ts'

const ids = new V7Generator()
export const newId = (): string => ids.generate().toString()

export const version: ServedVersion = {
  ...{ id: '01a20da1-0000-7000-8000-000000000001', model: 'risk', number: 3, sourceWorkspace: 'dev', sourceNumber: 7 },
  ...{ digest: 'd'.repeat(64), artifacts: {} },
}

/** What a version with two features answered about so many rows; row N has the features N and N + 0.5. */
export function answered(rows: number, over: Partial<AnsweredBatch> = {}): AnsweredBatch {
  const each = <T>(of: (row: number) => T) => Array.from({ length: rows }, (_, row) => of(row))
  return {
    ...{ role: 'champion', version, rows, ids: each(newId), keys: each(() => null), subjects: each(() => null) },
    receivedAtMs: each(() => Date.now()),
    latencyUs: each((row) => 100 + row),
    features: Float32Array.from(each((row) => [row, row + 0.5]).flat()),
    featureNames: ['a', 'b'],
    labels: each((row) => (row % 2 ? 'yes' : 'no')),
    classLabels: ['no', 'yes'],
    probabilities: Float32Array.from(each((row) => (row % 2 ? [0.25, 0.75] : [1, 0])).flat()),
    ...over,
  }
}
