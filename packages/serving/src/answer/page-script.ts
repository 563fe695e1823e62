/** What the page at `/` does: it asks, and shows the answer as text, never as markup. The key stays in its field. */
export const pageScript = `
const form = document.querySelector('form')
const answer = document.querySelector('#answer')
const make = (tag, text, className) => {
  const element = document.createElement(tag)
  if (text !== undefined) element.textContent = text
  if (className) element.className = className
  return element
}
const inputs = [...form.querySelectorAll('input[data-feature]')]
const mark = (input, problem) => {
  input.setAttribute('aria-invalid', String(problem !== ''))
  input.parentElement.querySelector('.problem').textContent = problem
}
const rowOf = () => Object.fromEntries(inputs.map((input) => {
  const text = input.value.trim()
  return [input.dataset.feature, text === '' || Number.isNaN(Number(text)) ? text : Number(text)]
}))
const showAnswer = (said, ms) => {
  const { predictionId, model, probabilities, ...rest } = said
  const lines = Object.entries(rest).map(([name, value]) =>
    make('div', name + ': ' + (typeof value === 'object' ? JSON.stringify(value) : value), 'said'))
  const shares = Object.entries(probabilities ?? {}).map(([name, value]) => {
    const share = make('div', undefined, 'share')
    const meter = make('meter')
    meter.value = value
    meter.setAttribute('aria-label', name)
    share.append(make('span', name), meter, make('output', (value * 100).toFixed(1) + ' %'))
    return share
  })
  const by = make('p', 'Version ' + model.version + ' of ' + model.name + ', prediction ' + predictionId + ', ' + ms + ' ms with the way there and back')
  answer.replaceChildren(...lines, ...shares, by, make('pre', JSON.stringify(said, null, 2)))
}
const showProblem = (problem) => {
  for (const { field, problem: why } of problem.details?.fields ?? []) {
    const input = inputs.find((one) => one.dataset.feature === field)
    if (input) mark(input, why)
  }
  answer.replaceChildren(make('div', problem.title + '. ' + problem.detail, 'said problem'), make('p', problem.remedy))
}
form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const button = form.querySelector('button')
  button.disabled = true
  for (const input of inputs) mark(input, '')
  const key = form.elements.secret.value.trim()
  const headers = { 'content-type': 'application/json', ...(key && { authorization: 'Bearer ' + key }) }
  try {
    const startedAt = performance.now()
    const response = await fetch('v1/predict', { method: 'POST', headers, body: JSON.stringify({ row: rowOf() }) })
    const said = await response.json()
    if (response.ok) showAnswer(said, (performance.now() - startedAt).toFixed(1))
    else showProblem(said)
  } catch (error) {
    showProblem({ title: 'The service cannot be reached', detail: String(error), remedy: 'Is it still running?' })
  }
  button.disabled = false
})
`
