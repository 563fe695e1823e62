import type { DriftHook } from '@airlock-ml/sdk'

/** Says that what comes in is not what a version was trained for. Replace the line by a message to your chat. */
const announceDrift: DriftHook = ({ source, model, number, rows, breaches, breachCount, log }) => {
  const where =
    source.kind === 'deployment' ? `${source.name} as ${source.role}` : `${source.pipeline}, run ${source.id}`
  const names = [...new Set(breaches.map(({ subject, name }) => (subject === 'label' ? 'labels' : name)))]
  const what = `${breachCount} measures of ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' …' : ''}`
  log.warn(`${model} ${number} drifts in ${where}: ${what}, in ${rows} rows`, { breaches: breachCount })
}

export default announceDrift
