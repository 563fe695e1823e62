import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { PlatformError } from '@airlock-ml/contract'
import { logKeys, workspaceOf } from '../../audit/keys.ts'
import { verdictResult } from '../../audit/print.ts'
import { askWitnesses, readWitnessFiles } from '../../audit/witness-heads.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

const READ_BYTES = 256 * 1024

export default command({
  name: 'audit verify',
  summary: 'Check that nobody changed, removed, inserted or moved an event',
  description: `With a file, offline and with no workspace: one that \`airlock audit export\` wrote. Without, the workspace's log as it is
now, also against what the other workspaces of the project have witnessed of it. Every event is checked against the signed
heads and countersignatures; what cannot be placed at one event is placed between two heads. A log that was cut short is
whole by itself: bring a head from elsewhere with --witness. Exit code 3 where another workspace of the project does not say
what it has witnessed, as to whoever may not read its log, and no head was brought: then only the rest is verified. Where the key was rotated, give each key: an old one counts for
heads up to the rotation that the log itself shows.`,
  args: { file: { summary: 'Exported log (default: the log of the workspace itself)', optional: true } },
  options: {
    publicKey: {
      value: 'FILE',
      summary: "The workspace's public key, PEM; each it ever had (default: ask the project's workspaces)",
      many: true,
    },
    witness: {
      value: 'FILE',
      summary: 'What a witness gave you: its public key, PEM, or a countersignature or checkpoint of the exchange',
      many: true,
    },
  },
  examples: [
    'airlock audit verify audit.jsonl --public-key production.pem --witness dev.pem',
    'airlock audit verify --workspace enterprise-production',
  ],
  run: async ({ args, options, context }) => {
    const given = await readWitnessFiles(options.witness, context)
    const { verifyExport, NotAnExport, EnvelopeError } = await import('@airlock-ml/bundle')
    const { what, workspace, chunks, heads, notAsked } = await open()
    const keys = await logKeys(options.publicKey, workspace, context)
    try {
      const verdict = await verifyExport(await chunks(), {
        publicKeys: keys.publicKeys,
        witnessKeys: [...keys.witnessKeys, ...given.witnessKeys],
        outside: [...heads, ...given.outside],
        again: chunks,
      })
      // A head that was brought stands for what a witness did not say.
      const unseen = given.outside.length > 0 ? [] : notAsked
      return verdictResult(verdict, { what, keyFrom: keys.from, notAsked: unseen, context })
    } catch (error) {
      if (error instanceof NotAnExport)
        throw new PlatformError(
          'cli_file_invalid',
          `${what} is no exported log. ${error.message}`,
          {},
          { cause: error },
        )
      if (error instanceof EnvelopeError)
        throw new PlatformError('audit_log_invalid', `A head from outside is not believed: ${error.message}.`)
      throw error
    }

    async function open() {
      if (args.file !== undefined) {
        const path = resolve(context.cwd, args.file)
        const read = async () => createReadStream(path, { highWaterMark: READ_BYTES })
        return { what: args.file, workspace: await workspaceOf(path), chunks: read, heads: [], notAsked: [] }
      }
      const { client, name, advance } = await openWorkspace(context)
      await advance?.()
      const asked = await askWitnesses(name, context)
      return { what: `The log of ${name}`, workspace: name, chunks: () => client.exportAuditLog(), ...asked }
    }
  },
})
