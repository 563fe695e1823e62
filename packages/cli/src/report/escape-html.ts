import { unprintable } from '../evidence/markdown.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text of others as text in HTML, also within a quoted attribute: no tag, no entity, nothing that turns text around. */
export const escapeHtml = (value: string): string =>
  value.replaceAll(unprintable, ' ').replaceAll(/[&<>"']/g, (char) => entities[char]!)
