import { resolve } from 'node:path'
import { collectEvidence } from '../evidence/collect.ts'
import { command } from '../manifest/command.ts'
import { sizeText } from '../output/size.ts'
import { writeWhole } from '../output/write-whole.ts'
import { openWorkspace } from '../workspace/open.ts'

export default command({
  name: 'evidence',
  summary: 'Write all that shows how a version came to its stage to one file',
  description: `A zip with manifest, signature, snapshot and lineage of the bundle, gates with values, approvals, the policy, metrics, the
audit events with proofs that they are in the log and what a witness countersigned of it, SUMMARY.md to read, and check.sh, which checks it with openssl alone. The
same state gives the same bytes.`,
  args: { model: { summary: 'Model' } },
  options: {
    modelVersion: { value: 'N', integer: true, summary: 'Version number in this workspace', required: true },
    output: { short: 'o', value: 'FILE', summary: 'File to write, .zip', required: true },
  },
  examples: [
    'airlock evidence breast_cancer_classifier --model-version 3 -o evidence.zip --workspace enterprise-production',
  ],
  run: async ({ args, options, context }) => {
    const { client, project } = await openWorkspace(context)
    const collected = await collectEvidence(client, { project, model: args.model, number: options.modelVersion })
    const { packFiles, zipFiles } = await import('../evidence/pack.ts')
    const files = packFiles(collected)
    const zip = zipFiles(files)
    const file = resolve(context.cwd, options.output)
    await writeWhole(file, zip)
    const { sha256Hex } = await import('@airlock-ml/stack')
    const made = { file, sizeBytes: zip.byteLength, digest: sha256Hex(zip), files: [...files.keys()].sort() }
    return {
      data: made,
      text: () => `wrote ${made.files.length} files, ${sizeText(made.sizeBytes)}, SHA-256 ${made.digest}, to ${file}`,
    }
  },
})
