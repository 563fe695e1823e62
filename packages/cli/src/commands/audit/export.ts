import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { command } from '../../manifest/command.ts'
import { sizeText } from '../../output/size.ts'
import { writeWhole } from '../../output/write-whole.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'audit export',
  summary: 'Sign the head of the audit log, and write the whole log to a file',
  description: `JSON lines: a header, each event as it was hashed, the signed heads, and the countersignatures on them. Whoever has the
workspace's public key can check the file alone: \`airlock audit verify FILE --public-key KEY\`.`,
  options: { output: { short: 'o', value: 'FILE', summary: 'File to write', required: true } },
  examples: ['airlock audit export -o audit.jsonl --workspace enterprise-production'],
  run: async ({ options, context }) => {
    const { client, name, advance } = await openWorkspace(context)
    // Picks up what the witnesses have left in the exchange.
    await advance?.()
    const file = resolve(context.cwd, options.output)
    await writeWhole(file, await client.exportAuditLog())
    const { size: sizeBytes } = await stat(file)
    return {
      data: { workspace: name, file, sizeBytes },
      text: () => `wrote the log of ${name}, ${sizeText(sizeBytes)}, to ${file}`,
    }
  },
})
