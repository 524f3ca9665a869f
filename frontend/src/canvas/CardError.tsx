/** What went wrong at a node, below its card: the field, its value, what was expected, a way on. */
import { useStore } from 'zustand'
import { useNodeRun } from '../runs/hooks'
import css from './CardError.module.css'
import { faultsOf, faultWords } from './comfyFault'
import { sentenceCase } from './fields/spec'
import type { CardData } from './flow'
import { useSession } from './session'

export function CardError({ id, data }: { id: string; data: CardData }) {
  const { runner, view } = useSession()
  const run = useNodeRun(id)
  const problem = useStore(runner.state, state => state.problems.find(issue => issue.node === id))
  const body = problem ? { field: problem.field ?? undefined } : (run.error?.body ?? {})
  const message = problem ? problem.message : run.message
  const port = data.type?.inputs.find(input => input.name === body.field)
  const [blamed] = problem ? [] : faultsOf(run.error).keys()
  const value = 'value' in body ? brief(body.value) : ''
  return (
    <div className={css.error} role="alert">
      {body.field && (
        <b>
          {port?.label || sentenceCase(String(body.field))}
          {value && <code>{value}</code>}
        </b>
      )}
      <span>{message || 'This step failed.'}</span>
      {'expected' in body && body.expected && !message.includes(String(body.expected)) && (
        <span>Expected: {String(body.expected)}.</span>
      )}
      {blamed && (
        <button
          type="button"
          className={`${css.show} nodrag`}
          onClick={() => view.setState({ graph: { node: id, start: blamed } })}
        >
          Show {faultWords(run.error)} in the graph
        </button>
      )}
    </div>
  )
}

function brief(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}
