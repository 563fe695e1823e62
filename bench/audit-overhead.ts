import { join } from 'node:path'
import { openAuditCost } from '@airlock-ml/server/audit-cost'
import type { Benchmark } from './benchmark.ts'
import { measureInTurn, timed } from './measure.ts'
import { withTempFolder } from './temp-folder.ts'

const ROUNDS = 1_000

/** The event and its tree ride in the act's own transaction, whose price is that of the disk. */
export const auditOverhead: Benchmark = {
  name: 'audit-overhead',
  summary: 'One small act with its audit event and tree, to the same act without, each a durable transaction.',
  bar: { is: 'at most', ratio: 1.3 },
  run: ({ rounds = ROUNDS, note }) =>
    withTempFolder(async (dir) => {
      const cost = await openAuditCost(join(dir, 'workspace.db'))
      note(`${rounds} transactions of each kind, in turn`)
      let count = 0
      try {
        const measured = await measureInTurn(
          {
            'with its event': () => timed(() => cost.act(`project-${++count}`)),
            without: () => timed(() => cost.actWithoutAudit(`project-${++count}`)),
          },
          { rounds, note: () => {} },
        )
        return { measured, ratio: measured['with its event'].medianMs / measured.without.medianMs }
      } finally {
        await cost.close()
      }
    }),
}
