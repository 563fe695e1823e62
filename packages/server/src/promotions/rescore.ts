import { type EvaluationSpec, PlatformError } from '@airlock-ml/contract'

/** What is scored: the bytes of a model and of its evaluation table. */
export type Scorable = {
  model: Uint8Array
  evaluation: Uint8Array
  spec: EvaluationSpec
  /** Whether the table is somebody else's, and read only in the plain encoding. */
  isForeign: boolean
}

/**
 * Checks that a graph is safe to load and scores it on its evaluation table: on import these are the numbers that gates
 * see, before a rollback those that must come out as they were recorded.
 * @throws PlatformError `model_invalid`
 */
export async function rescore({ model, evaluation, spec, isForeign }: Scorable): Promise<Record<string, number>> {
  const { assertSafeOnnx, evaluate, flatMetrics, loadOnnx, readParquet } = await import('@airlock-ml/tabular')
  try {
    assertSafeOnnx(model)
    const graph = await loadOnnx(model)
    try {
      return flatMetrics(await evaluate(graph, await readParquet(evaluation, { plainOnly: isForeign }), spec))
    } finally {
      await graph.close()
    }
  } catch (error) {
    throw new PlatformError(
      'model_invalid',
      `The model could not be scored on its evaluation table: ${(error as Error).message}`,
      {},
      { cause: error },
    )
  }
}
