import type { ArtifactRef } from '@airlock-ml/contract'
import type { GraphStep } from '../compile/graph.ts'
import type { LoadBytes } from '../run/load-in-step.ts'
import { seedOf } from '../run/random.ts'
import type { RunSession } from '../run/run-session.ts'
import type { StepContext } from '../run/step-context.ts'
import type { FileArgs } from '../step-files/file-args.ts'
import { MaterializedFile } from '../step-files/output-files.ts'
import { placeInputs } from '../step-files/place-inputs.ts'
import { withPrivateFolder } from '../step-files/private-folder.ts'
import { storeFile } from '../step-files/store-file.ts'
import { runIsolated } from './run-isolated.ts'

/** The body of a step that works on files, as a program, in a process or in a thread of its own; undefined where it takes values. */
export function fileBody({ definition, step }: GraphStep): ((args: FileArgs) => unknown) | undefined {
  if (definition.inputsAs === 'files') return (args) => definition.run(args)
  const { isolation, resources } = step
  if (isolation === undefined) return undefined
  return (args) => runIsolated({ definition, isolation, memoryMiB: resources?.memoryMiB }, args)
}

/**
 * Calls a body once with what it reads in files of a private folder. What the body throws is its answer. When the signal
 * of the context is aborted it ends when nothing of the body runs any more.
 */
export async function callOnFiles(
  session: RunSession,
  planned: GraphStep,
  call: {
    readonly body: (args: FileArgs) => unknown
    readonly refs: Readonly<Record<string, ArtifactRef>>
    readonly context: StepContext
    readonly load: LoadBytes
  },
): Promise<{ returned: unknown } | { thrown: unknown }> {
  const { name, parameters } = planned.step
  return await withPrivateFolder(async (folder) => {
    const inputs = await placeInputs(session, planned, { refs: call.refs, folder })
    session.stop.throwIfAborted()
    const seed = seedOf(session.snapshotDigest, name)
    const args = { inputs, params: structuredClone(parameters), context: call.context, load: call.load, folder, seed }
    let returned: unknown
    try {
      returned = await call.body(args)
    } catch (thrown) {
      return { thrown }
    }
    return { returned: await storeFiles(session, returned) }
  })
}

/** The files are gone when this call is over, so what is in them is stored before. */
async function storeFiles(session: RunSession, returned: unknown): Promise<unknown> {
  const values = Object.entries(Object(returned) as object)
  if (!values.some(([, value]) => value instanceof MaterializedFile)) return returned
  const stored: Record<string, unknown> = {}
  for (const [output, value] of values) {
    stored[output] = value instanceof MaterializedFile ? await storeFile(session, value) : value
  }
  return stored
}
