import { PlatformError, Role, type RoleBinding } from '@airlock-ml/contract'
import { didYouMean } from '../project/nearest.ts'

/** What `--role` says in help. */
export const roleOption = {
  value: 'ROLE[:PROJECT]',
  many: true,
  summary: `Role (${Role.options.join(', ')}), in the current project, in another, or with \`:*\` everywhere`,
} as const

/** Reads `approver`, `approver:fraud` and `platform-admin:*`. */
export async function roleBindings(texts: readonly string[], project: string): Promise<RoleBinding[]> {
  return await Promise.all(
    texts.map(async (text) => {
      const [name = '', where = project] = text.split(':', 2)
      const role = Role.options.find((option) => option === name)
      if (role) return { project: where, role }
      const hint = await didYouMean(name, Role.options)
      throw new PlatformError('cli_usage_invalid', `There is no role ${name}.${hint}`, { roles: [...Role.options] })
    }),
  )
}
