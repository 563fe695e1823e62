import type { Client } from '@airlock-ml/client'
import { type HeldStage, isPlatformError, type ModelVersion, type StageChange } from '@airlock-ml/contract'

type Held = { version: ModelVersion; change: StageChange }

/**
 * Runs a change of stage; when the version holds the stage already, answers with the change that gave it, because a
 * command that was killed after its transaction is run again and must end well.
 */
export async function unlessHeldAlready<T>(
  client: Client,
  stage: { project: string; model: string; stage: HeldStage },
  act: { change: () => Promise<T>; held: (held: Held) => Promise<T> },
): Promise<T> {
  try {
    return await act.change()
  } catch (error) {
    if (!isPlatformError(error) || error.code !== 'already_in_stage') throw error
    const [change] = (await client.listStageChanges({ ...stage, limit: 1 })).items
    if (!change) throw error
    return await act.held({ version: await client.showModelVersion({ ...stage, number: change.number }), change })
  }
}
